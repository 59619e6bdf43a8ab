// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
/* What the server may refuse is a table (problem.c); a teacher reads about each row in the language of
 * the page, and never the server's sentence in another one. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { studioVi } from '../../src/features/studio/text.vi';
import { vi } from '../../src/app/text.vi';

const root = resolve(__dirname, '../../..');

/* Told by their status alone (upload_rules.ts, login_form.tsx, message.tsx), or never to a page of
 * the studio: on the command line, to players, to the learner's recorder. */
const ELSEWHERE = [
  ...['sign-in-required', 'forbidden', 'too-large', 'disk-full', 'wrong-credentials', 'too-many-attempts'],
  ...['not-built', 'playback-token-over', 'playback-token-gone', 'login-taken', 'unknown-lecture'],
];

function names(path: string): string[] {
  const table = readFileSync(resolve(root, path), 'utf8');
  return [...table.matchAll(/\{\s*[45]\d\d,\s*"([a-z0-9-]+)"/g)].map((match) => match[1] ?? '');
}

describe('problems of the server', () => {
  const known: Record<string, string> = { ...vi, ...studioVi };
  const all = [...new Set([...names('server/web/problem.c'), ...names('server/http/exchange/problem.c')])];

  it('are found in its tables', () => {
    expect(all).toContain('title-too-long');
    expect(all.length).toBeGreaterThan(20);
  });

  it.each(all.filter((name) => !ELSEWHERE.includes(name)))('%s has words in the studio', (name) => {
    expect(known[`problem.${name}`]).toBeTruthy();
  });
});
