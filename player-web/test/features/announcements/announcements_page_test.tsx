// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Announcement } from '../../../src/app/types';
import AnnouncementsPage from '../../../src/features/announcements/announcements_page';
import { byText, click, draw, fakeServer, settle, type } from '../../helpers';

const LIST = 'GET /api/v1/announcements?all=true';
const MAKE = 'POST /api/v1/announcements';
const WITHDRAW = 'DELETE /api/v1/announcements/a1';
const one: Announcement = { id: 'a1', text: 'Từ thứ Hai\nnghỉ học.', made_at: '2026-11-20T03:00:00Z' };

let held: Announcement[] = [];

function serve(answers: Parameters<typeof fakeServer>[0] = {}) {
  return fakeServer({ [LIST]: () => ({ body: { announcements: held, next: null } }), ...answers });
}

async function page(): Promise<HTMLElement> {
  const root = draw(<AnnouncementsPage />);
  await settle();
  return root;
}

beforeEach(() => {
  held = [one];
});
afterEach(() => vi.restoreAllMocks());

describe('announcements page', () => {
  it('says so when nothing was announced', async () => {
    held = [];
    serve();
    expect((await page()).textContent).toContain('Chưa đăng thông báo nào.');
  });

  it('sends a new one with its lines, and shows it in the list with an empty field', async () => {
    held = [];
    const fetched = serve({
      [MAKE]: () => {
        held = [one];
        return { status: 201, body: { id: 'a1' } };
      },
    });
    const root = await page();
    const field = root.querySelector('textarea') as HTMLTextAreaElement;
    await type(field, ' Từ thứ Hai\nnghỉ học. ');
    await click(byText(root, 'button', 'Đăng thông báo'));
    await settle();
    const sent = fetched.mock.calls.find(([, init]) => init?.method === 'POST')?.[1]?.body;
    expect(JSON.parse(String(sent))).toEqual({ text: one.text });
    expect(root.querySelector('tbody th')?.textContent).toBe(one.text);
    expect(field.value).toBe('');
  });

  it('sends nothing that is empty or too long', async () => {
    const fetched = serve();
    const root = await page();
    const submit = byText(root, 'button', 'Đăng thông báo');
    await click(submit);
    expect(root.querySelector('.field-fault')).not.toBeNull();
    await type(root.querySelector('textarea') as HTMLTextAreaElement, 'ă'.repeat(501));
    await click(submit);
    expect(root.querySelector('.field-fault')?.textContent).not.toBe('');
    expect(fetched.mock.calls.some(([, init]) => init?.method === 'POST')).toBe(false);
  });

  it('withdraws one after a question, and says since when it is gone', async () => {
    serve({
      [WITHDRAW]: () => {
        held = [{ ...one, withdrawn_at: '2026-11-21T03:00:00Z' }];
        return { status: 204 };
      },
    });
    const root = await page();
    await click(byText(root, 'td button', 'Gỡ xuống'));
    await click(byText(root, 'dialog button', 'Gỡ xuống'));
    await settle();
    expect(root.textContent).toContain('Đã gỡ ngày 21/11/2026');
    expect(root.querySelector('td button')).toBeNull();
  });

  it('keeps the question with a reason when the server refuses', async () => {
    serve({ [WITHDRAW]: { status: 404, body: {} } });
    const root = await page();
    await click(byText(root, 'td button', 'Gỡ xuống'));
    await click(byText(root, 'dialog button', 'Gỡ xuống'));
    await settle();
    expect(root.querySelector('dialog [role=alert]')?.textContent).toContain('Không tìm thấy');
  });
});
