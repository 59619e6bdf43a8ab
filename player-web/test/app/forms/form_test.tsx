// SPDX-License-Identifier: GPL-3.0-or-later
import { act } from 'preact/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../src/app/api';
import { Field, Tick } from '../../../src/app/forms/field';
import { Form, type FormProps, type Values } from '../../../src/app/forms/form';
import { draw, settle, type } from '../../helpers';

function drawForm(props: Partial<FormProps>): HTMLElement {
  return draw(
    <Form submit="Gửi" onSubmit={async () => undefined} {...props}>
      <Field name="title" label="Tên" hint="Một dòng." required max={5} />
      <Field name="note" label="Lời nhắn" pointer="/more/note" rows={2} />
      <Field name="kind" label="Loại" options={[{ value: '', title: 'Không' }, { value: 'a', title: 'A' }]} />
      <Tick name="all" label="Cho mọi người" />
    </Form>,
  );
}

async function send(root: HTMLElement): Promise<void> {
  await act(async () => {
    root.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true, bubbles: true }));
  });
  await settle();
}

const control = (root: HTMLElement, name: string): HTMLInputElement => root.querySelector(`[name=${name}]`) as HTMLInputElement;
const faultOf = (root: HTMLElement, name: string): string | undefined => {
  const ids = control(root, name).getAttribute('aria-describedby')?.split(' ') ?? [];
  return ids.map((id) => root.querySelector(`[id="${id}"]`)).find((one) => one?.className === 'field-fault')?.textContent ?? undefined;
};
const refusedWith = (...errors: object[]): ApiError => new ApiError('refused', 422, { errors, detail: 'của máy chủ' } as object);

describe('a form', () => {
  it('sends what is filled in, composed and trimmed', async () => {
    const onSubmit = vi.fn(async (_: Values) => undefined);
    const root = drawForm({ onSubmit });
    await type(control(root, 'title'), ' Ba\u0300i ');
    await send(root);
    expect(onSubmit).toHaveBeenCalledWith({ title: 'Bài', note: '', kind: '' });
    control(root, 'all').checked = true;
    await send(root);
    expect(onSubmit).toHaveBeenLastCalledWith(expect.objectContaining({ all: 'on' }));
  });

  it('says beside the field what the page can see, and sends nothing', async () => {
    const onSubmit = vi.fn(async () => undefined);
    const root = drawForm({ onSubmit });
    await send(root);
    expect(faultOf(root, 'title')).toBe('Xin điền vào ô này.');
    expect(document.activeElement).toBe(control(root, 'title'));
    await type(control(root, 'title'), '😀😀😀😀😀'); /* five characters, ten units */
    await send(root);
    expect(onSubmit).toHaveBeenCalledOnce();
    await type(control(root, 'title'), 'sáu chữ');
    await send(root);
    expect(faultOf(root, 'title')).toContain('Dài quá');
    expect(onSubmit).toHaveBeenCalledOnce();
  });

  it('says beside the field what the server has against it, and goes to the first', async () => {
    const root = drawForm({ onSubmit: () => Promise.reject(refusedWith({ pointer: '/more/note', code: 'malformed' })) });
    await type(control(root, 'title'), 'Bài');
    await send(root);
    expect(faultOf(root, 'note')).toContain('chưa đúng cách');
    expect(faultOf(root, 'title')).toBeUndefined();
    expect(control(root, 'note').getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(control(root, 'note'));
    expect(root.querySelector('[role=alert]')?.textContent).toContain('ô được đánh dấu');
  });

  it('keeps what was written, and tells a fault of a field that is not there', async () => {
    const root = drawForm({ onSubmit: () => Promise.reject(refusedWith({ pointer: '/hidden', code: 'of-next-year' })) });
    await type(control(root, 'title'), 'Bài');
    await send(root);
    expect(root.querySelector('[role=alert]')?.textContent).toContain('/hidden: của máy chủ');
    expect(control(root, 'title').value).toBe('Bài');
  });

  it('is sent once however often it is tapped, and tells when it is done', async () => {
    let answer: () => void = () => undefined;
    const onSubmit = vi.fn(() => new Promise<void>((resolve) => { answer = resolve; }));
    const onDone = vi.fn();
    const root = drawForm({ onSubmit, onDone, clears: true });
    await type(control(root, 'title'), 'Bài');
    await send(root);
    await send(root);
    expect(onSubmit).toHaveBeenCalledOnce();
    expect(root.querySelector('[type=submit]')?.textContent).toBe('Đang gửi…');
    answer();
    await settle();
    expect(onDone).toHaveBeenCalledOnce();
    expect(control(root, 'title').value).toBe('');
    expect(root.querySelector('[type=submit]')?.getAttribute('aria-disabled')).toBe('false');
  });

  it('ties label, hint and control together', () => {
    const root = drawForm({});
    const title = control(root, 'title');
    expect(title.labels?.[0]?.textContent).toBe('Tên');
    expect(root.querySelector(`[id="${title.getAttribute('aria-describedby') ?? ''}"]`)?.textContent).toBe('Một dòng.');
    expect(control(root, 'note').labels?.[0]?.textContent).toContain('không bắt buộc');
  });
});
