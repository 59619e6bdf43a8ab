// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, at, call, errorKind, json, retryAfterS } from '../../src/app/api';
import { fakeServer } from '../helpers';

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

afterEach(() => vi.useRealTimers());

describe('calls', () => {
  it('send JSON and give JSON', async () => {
    const fetched = fakeServer({ 'POST /api/v1/session': { body: { user: { id: 'u' } } } });
    const call = json(at`/session`, { method: 'POST', body: { login: 'mai', password: 'secret' } });
    expect(await call).toEqual({ user: { id: 'u' } });
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({
      method: 'POST',
      body: '{"login":"mai","password":"secret"}',
      credentials: 'same-origin',
    });
  });

  it('take ids as text, not as paths', async () => {
    const fetched = fakeServer({});
    await failure(json(at`/lectures/${'../users?x'}/progress`));
    expect(fetched.mock.calls[0]?.[0]).toBe('/api/v1/lectures/..%2Fusers%3Fx/progress');
  });

  it('carry the problem that the server describes', async () => {
    fakeServer({ 'GET /api/v1/me': { status: 400, body: { title: 'bad', detail: 'no such field' } } });
    const error = await failure(json(at`/me`));
    expect(error).toMatchObject({ kind: 'refused', status: 400, message: 'no such field' });
  });

  it('survive answers that are no JSON', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('<html>', { status: 502 }));
    expect((await failure(json(at`/me`))).kind).toBe('broken');
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('<html>'));
    expect((await failure(json(at`/me`))).kind).toBe('broken');
  });

  it('say when to come back', async () => {
    fakeServer({ 'GET /api/v1/me': { status: 503, headers: { 'Retry-After': '7' } } });
    expect(await failure(json(at`/me`))).toMatchObject({ kind: 'busy', retryAfterS: 7 });
    expect(retryAfterS('soon')).toBeNull();
    expect(retryAfterS(null)).toBeNull();
  });

  it('end when nothing answers', async () => {
    vi.useFakeTimers();
    vi.spyOn(globalThis, 'fetch').mockImplementation(
      (_url, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
        }),
    );
    const error = failure(call('/api/v1/me'));
    await vi.advanceTimersByTimeAsync(30_000);
    expect((await error).kind).toBe('offline');
  });

  it('know what a status means', () => {
    expect([401, 403, 404, 410, 429, 503, 500, 409].map(errorKind)).toEqual([
      'signed_out',
      'forbidden',
      'not_found',
      'not_found',
      'busy',
      'busy',
      'broken',
      'refused',
    ]);
  });
});
