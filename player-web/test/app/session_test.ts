// SPDX-License-Identifier: GPL-3.0-or-later
import { beforeEach, describe, expect, it } from 'vitest';
import { generation, hasRole, loadUser, login, logout, user } from '../../src/app/session';
import { remember, recall } from '../../src/app/storage';
import { fakeServer } from '../helpers';

const mai = { id: 'u1', login: 'mai', name: 'Mai', role: 'learner' as const };

beforeEach(() => {
  user.value = undefined;
});

describe('session', () => {
  it('finds out who is signed in', async () => {
    fakeServer({ 'GET /api/v1/me': { body: mai } });
    const before = generation.value;
    await loadUser();
    expect(user.value).toEqual(mai);
    expect(generation.value).toBe(before); /* nobody took over: pages need not fetch again */
    expect(hasRole('learner')).toBe(true);
    expect(hasRole('admin')).toBe(false);
  });

  it('trusts the phone while there is no network', async () => {
    remember('user', mai);
    fakeServer({});
    await loadUser();
    expect(user.value).toEqual(mai);
  });

  it('knows when nobody is signed in, even if the phone remembers someone', async () => {
    remember('user', mai);
    fakeServer({ 'GET /api/v1/me': { status: 401 } });
    await loadUser();
    expect(user.value).toBeNull();
    expect(recall('user')).toBeNull();
  });

  it('makes pages fetch anew when another person takes over', async () => {
    fakeServer({ 'POST /api/v1/session': { body: { user: mai } } });
    user.value = null;
    const before = generation.value;
    await login('mai', 'x');
    expect(user.value).toEqual(mai);
    expect(generation.value).toBe(before + 1);
  });

  it('forgets the person at sign-out, also when the server cannot be told', async () => {
    user.value = mai;
    remember('user', mai);
    remember('cache.u1.lectures', [1]);
    remember('stash', [1]);
    fakeServer({});
    await logout().catch(() => undefined);
    expect(user.value).toBeNull();
    expect(recall('cache.u1.lectures')).toBeNull();
    expect(recall('user')).toBeNull();
    expect(recall('stash')).toEqual([1]); /* unsent beats wait for their owner */
  });
});
