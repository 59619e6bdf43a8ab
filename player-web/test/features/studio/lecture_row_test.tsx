// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it, vi } from 'vitest';
import type { Job, Lecture } from '../../../src/app/types';
import { LectureRow } from '../../../src/features/studio/lecture_row';
import { byText, click, draw, fakeServer, lectureWith, settle, type } from '../../helpers';

const job: Job = { state: 'running', stage: 'chunk', progress: 0.42, speed: 3.4, eta_s: 95, error: null, warnings: [], waits_for: null };
const finding = { code: 'E_TRUNCATED', message: 'Tệp bị cắt ngang.', message_en: 'Cut off.', from_s: null, until_s: null, detail: null };

function drawRow(changes: Partial<Lecture>, onChanged = () => undefined): HTMLElement {
  return draw(<LectureRow lecture={lectureWith(changes)} onChanged={onChanged} />);
}

describe('a lecture in the studio', () => {
  it('shows where it stands while it is processed', () => {
    const root = drawRow({ state: 'processing', playback: null, job });
    expect(root.querySelector('[aria-current=step]')?.textContent).toBe('Hình ảnh');
    expect(root.textContent).toContain('42% · nhanh gấp 3,4 lần lúc phát · còn khoảng 2 phút');
  });

  it('does not promise a time that is a guess', () => {
    const root = drawRow({ state: 'processing', playback: null, job: { ...job, progress: 0.02 } });
    expect(root.textContent).toContain('đang ước tính');
  });

  it('says that it waits for free space on the disk', () => {
    const root = drawRow({ state: 'processing', playback: null, job: { ...job, waits_for: 'disk_space' } });
    expect(root.textContent).toContain('Đang chờ máy chủ có chỗ trống');
    expect(drawRow({ state: 'processing', playback: null, job }).textContent).not.toContain('chỗ trống');
  });

  it('links to the lecture as soon as there is something to watch', () => {
    const root = drawRow({ state: 'processing', job });
    expect(byText(root, 'a', 'Xem bài').getAttribute('href')).toBe('/lecture/l1');
    expect(root.textContent).toContain('Đã xem được phần đầu');
  });

  it('says why it failed, with the code, and tries again', async () => {
    const fetched = fakeServer({ 'POST /api/v1/lectures/l1/retry': { status: 202, body: {} } });
    const onChanged = vi.fn();
    const root = drawRow({ state: 'failed', playback: null, job: { ...job, state: 'failed', error: finding } }, onChanged);
    expect(root.textContent).toContain('Tệp bị cắt ngang.');
    expect(root.textContent).toContain('E_TRUNCATED');
    await click(byText(root, 'button', 'Thử lại'));
    await settle();
    expect(fetched).toHaveBeenCalledOnce();
    expect(onChanged).toHaveBeenCalledOnce();
  });

  it('offers to publish without sound when its codec is not accepted', async () => {
    const fetched = fakeServer({ 'POST /api/v1/lectures/l1/retry?without_sound=true': { status: 202, body: {} } });
    const onChanged = vi.fn();
    const error = { ...finding, code: 'E_SOUND_CODEC', message: 'Âm thanh của tệp ở dạng DTS.', detail: 'DTS' };
    const root = drawRow({ state: 'failed', playback: null, job: { ...job, state: 'failed', error } }, onChanged);
    expect(root.textContent).toContain('Âm thanh của tệp ở dạng DTS.');
    expect(root.textContent).not.toContain('[DTS]');
    await click(byText(root, 'button', 'Đăng không có tiếng'));
    await settle();
    expect(fetched).toHaveBeenCalledOnce();
    expect(onChanged).toHaveBeenCalledOnce();
  });

  it('offers that for no other failure', () => {
    const root = drawRow({ state: 'failed', playback: null, job: { ...job, state: 'failed', error: finding } });
    expect(root.textContent).not.toContain('không có tiếng');
  });

  it('shows warnings of a lecture that is ready', () => {
    const root = drawRow({ job: { ...job, state: 'done', warnings: [{ ...finding, code: 'E_NO_AUDIO' }] } });
    expect(root.textContent).toContain('Lưu ý: Tệp bị cắt ngang.');
  });

  it('says which seconds a warning is about, and what', () => {
    const timed = { ...finding, from_s: 12, until_s: 75.5, detail: 'DTS' };
    const root = drawRow({ job: { ...job, state: 'done', warnings: [timed] } });
    expect(root.textContent).toContain('Tệp bị cắt ngang. [DTS] Từ 0:12 đến 1:15.');
  });

  it('is deleted only after a second tap', async () => {
    const fetched = fakeServer({ 'DELETE /api/v1/lectures/l1': { status: 204 } });
    const onChanged = vi.fn();
    const root = drawRow({}, onChanged);
    await click(byText(root, 'button', 'Xoá'));
    expect(fetched).not.toHaveBeenCalled();
    await click(byText(root, 'button', 'Giữ lại'));
    await click(byText(root, 'button', 'Xoá'));
    await click(byText(root, 'button', 'Xoá hẳn'));
    await settle();
    expect(onChanged).toHaveBeenCalledOnce();
  });

  it('gets another name from whoever made it', async () => {
    const fetched = fakeServer({ 'PATCH /api/v1/lectures/l1': { status: 204 } });
    const onChanged = vi.fn();
    const root = drawRow({ title: 'Bai 1' }, onChanged);
    await click(byText(root, 'button', 'Đổi tên'));
    await click(byText(root, 'button', 'Thôi'));
    await click(byText(root, 'button', 'Đổi tên'));
    const input = root.querySelector('input') as HTMLInputElement;
    expect(input.value).toBe('Bai 1');
    await type(input, '  Bài 1 ');
    await click(byText(root, 'button', 'Lưu tên'));
    await settle();
    expect(fetched).toHaveBeenCalledOnce();
    expect(JSON.parse(String(fetched.mock.calls[0]?.[1]?.body))).toEqual({ title: 'Bài 1' });
    expect(onChanged).toHaveBeenCalledOnce();
  });

  it('says when an action is not allowed', async () => {
    fakeServer({ 'DELETE /api/v1/lectures/l1': { status: 403, body: { title: 'no' } } });
    const root = drawRow({});
    await click(byText(root, 'button', 'Xoá'));
    await click(byText(root, 'button', 'Xoá hẳn'));
    await settle();
    expect(root.querySelector('.notice-bad')?.textContent).toContain('chưa được phép');
  });

  it('asks for the file again when an upload was interrupted', () => {
    const root = drawRow({ state: 'uploading', playback: null, upload: { offset: 64, length: 100 } });
    expect(root.textContent).toContain('đã có 64%');
    expect(byText(root, 'a', 'Chọn tệp').getAttribute('href')).toBe('/studio/upload?lecture=l1');
  });
});
