// SPDX-License-Identifier: GPL-3.0-or-later
/* The server under test. With BASE_URL it is a real one that somebody else started, with accounts as
 * "login:password" in LEARNER, INSTRUCTOR and ADMIN and the id of a ready lecture in LECTURE;
 * without, the test double. Accounts that are not given skip the tests that need them. */
import { startDouble } from './double_server.mjs';

function account(text) {
  const at = text?.indexOf(':') ?? -1;
  return at < 0 ? null : { login: text.slice(0, at), password: text.slice(at + 1) };
}

export async function openTarget() {
  const { BASE_URL, LEARNER, INSTRUCTOR, ADMIN, LECTURE } = process.env;
  if (!BASE_URL) return startDouble();
  return {
    url: BASE_URL.replace(/\/$/, ''),
    double: null,
    accounts: { learner: account(LEARNER), instructor: account(INSTRUCTOR), admin: account(ADMIN) },
    lecture: LECTURE ?? null,
    stop: async () => undefined,
  };
}
