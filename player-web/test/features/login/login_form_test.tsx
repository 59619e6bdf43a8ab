// SPDX-License-Identifier: GPL-3.0-or-later
import { act } from 'preact/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { user } from '../../../src/app/session';
import LoginForm from '../../../src/features/login/login_form';
import { click, draw, fakeServer, settle, type FakeAnswer } from '../../helpers';

const person = { id: 'u1', login: 'mai', name: 'Mai', role: 'learner' };

async function signIn(root: HTMLElement, name: string, password: string): Promise<void> {
  (root.querySelector('[name=login]') as HTMLInputElement).value = name;
  (root.querySelector('[name=password]') as HTMLInputElement).value = password;
  await act(async () => {
    root.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
  });
  await settle();
}

async function problemWith(answer: FakeAnswer): Promise<string> {
  fakeServer({ 'POST /api/v1/session': answer });
  const root = draw(<LoginForm lead="" />);
  await signIn(root, 'mai', 'secret');
  expect(root.querySelector('button')?.getAttribute('aria-disabled')).toBe('false');
  return root.querySelector('[role=alert]')?.textContent ?? '';
}

describe('sign-in form', () => {
  it('signs in, with the login in composed Unicode and the password as typed', async () => {
    const fetched = fakeServer({ 'POST /api/v1/session': { body: { user: person } } });
    const onDone = vi.fn();
    const root = draw(<LoginForm lead="" onDone={onDone} />);
    await signIn(root, ' ma\u0323i ', 'mật khẩu');
    expect(fetched.mock.calls[0]?.[1]?.body).toBe(JSON.stringify({ login: 'mại', password: 'mật khẩu' }));
    expect(onDone).toHaveBeenCalledOnce();
    expect(user.value).toEqual(person);
  });

  it('says what is wrong, each time in words', async () => {
    expect(await problemWith({ status: 401 })).toContain('Sai tên đăng nhập');
    expect(await problemWith({ status: 503, headers: { 'Retry-After': '20' } })).toContain('sau 20 giây');
    expect(await problemWith({ status: 429, headers: { 'Retry-After': '4' } })).toMatch(/sai.*đợi 4 giây/);
    expect(await problemWith({ status: 500 })).toContain('Máy chủ gặp lỗi');
    /* Behind a proxy that rewrites Host. */
    const behind = await problemWith({ status: 403, body: { type: '/problems/origin-unknown', status: 403 } });
    expect(behind).toContain(`public_url = ${location.origin}`);
  });

  it('does not bother the server with nothing', async () => {
    const fetched = fakeServer({});
    const root = draw(<LoginForm lead="" />);
    await signIn(root, ' ', '');
    expect(root.querySelectorAll('.field-fault')).toHaveLength(2);
    expect(document.activeElement).toBe(root.querySelector('[name=login]'));
    expect(fetched).not.toHaveBeenCalled();
  });

  it('shows the password on request', async () => {
    const root = draw(<LoginForm lead="" />);
    const password = root.querySelector('[name=password]') as HTMLInputElement;
    expect(password.type).toBe('password');
    await click(root.querySelector<HTMLElement>('[type=checkbox]') as HTMLElement);
    expect(password.type).toBe('text');
  });
});
