// SPDX-License-Identifier: GPL-3.0-or-later
/* Who is using the app. One phone may serve a family, so everything kept on it about a person is
 * kept under that person's id, and what can be fetched again is dropped when they sign out.
 * Beats that the server has not acknowledged stay until their owner signs in again. */
import { signal } from '@preact/signals';
import { ApiError, at, call, json } from './api';
import { forget, forgetAll, recall, remember } from './storage';
import type { Role, SignedIn, User } from './types';

/** undefined: not known yet; null: nobody is signed in. */
export const user = signal<User | null | undefined>(undefined);

/** Changes when another person takes over, so that pages fetch anew; not when the app merely finds
 * out who was signed in all along. */
export const generation = signal(0);

function become(next: User | null): void {
  const before = user.peek();
  if (before !== undefined && before?.id !== next?.id) generation.value++;
  user.value = next;
  if (next) remember('user', next);
  else forget('user');
}

/** Finds out who is signed in. Without network it trusts what the phone remembers: the server
 * checks every request anyway. */
export async function loadUser(): Promise<void> {
  const remembered = recall<User>('user');
  if (remembered) user.value = remembered;
  try {
    become(await json<User>(at`/me`));
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'signed_out') become(null);
    else if (!remembered) user.value = null;
  }
}

export async function login(name: string, password: string): Promise<User> {
  const answer = await json<SignedIn>(at`/session`, { method: 'POST', body: { login: name, password } });
  become(answer.user);
  return answer.user;
}

/** Signs out here even when the server cannot be told: the phone may change hands now. */
export async function logout(): Promise<void> {
  try {
    await call(at`/session`, { method: 'DELETE' });
  } finally {
    forgetAll('cache.');
    become(null);
  }
}

/** The server no longer knows this session. */
export function sessionLost(): void {
  if (user.peek()) become(null);
}

export function hasRole(...roles: Role[]): boolean {
  const current = user.value;
  return current ? roles.includes(current.role) : false;
}
