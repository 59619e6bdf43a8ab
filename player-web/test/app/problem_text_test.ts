// SPDX-License-Identifier: GPL-3.0-or-later
/* What the server may refuse is in its tables; people read about each row in the language of the page.
 * For what the pages do not know yet there is the server's own sentence. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiError, at, call } from '../../src/app/api';
import { fieldText } from '../../src/app/forms/form';
import { en as formEn } from '../../src/app/forms/text.en';
import { vi as formVi } from '../../src/app/forms/text.vi';
import { errorText, problemText } from '../../src/app/problem';
import { problems as en } from '../../src/app/problem.en';
import { problems as vi } from '../../src/app/problem.vi';
import { setLanguage } from '../../src/app/text';
import { fakeServer } from '../helpers';

const server = resolve(__dirname, '../../../server');

/* Told by their status alone (upload_rules.ts, login_form.tsx, problem.ts), or never to a page: on the
 * command line, to players, to the learner's recorder. */
const ELSEWHERE = [
  ...['sign-in-required', 'forbidden', 'too-large', 'disk-full', 'wrong-credentials', 'too-many-attempts'],
  ...['not-built', 'playback-token-over', 'playback-token-gone', 'login-taken', 'unknown-lecture'],
];

/* errors[].code, as the server's table of fields has them. */
const FIELD_CODES = [
  ...['required', 'too-short', 'too-long', 'too-small', 'too-large'],
  ...['not-one-of', 'wrong-type', 'unknown', 'malformed'],
];

/** Every problem that a table of the server names. */
function served(): string[] {
  const files = (readdirSync(server, { recursive: true }) as string[]).filter((name) => name.endsWith('.c'));
  const rows = files.flatMap((name) => [...readFileSync(join(server, name), 'utf8').matchAll(/\{\s*[45]\d\d,\s*"([a-z0-9-]+)"/g)]);
  return [...new Set(rows.map((match) => match[1] ?? ''))];
}

async function refusal(body: object, status = 400): Promise<ApiError> {
  fakeServer({ 'POST /api/v1/x': { status, body } });
  return (await call(at`/x`, { method: 'POST', body: {} }).catch((error: unknown) => error)) as ApiError;
}

afterEach(() => setLanguage('vi'));

describe('problems of the server', () => {
  const all = served();

  it('are found in its tables', () => {
    expect(all).toContain('title-too-long');
    expect(all).toContain('malformed-request');
    expect(all.length).toBeGreaterThan(20);
  });

  it.each(all.filter((name) => !ELSEWHERE.includes(name)))('%s has words', (name) => {
    expect((vi as Record<string, string>)[name]).toBeTruthy();
  });

  it('have words in both languages, and none that the server does not name', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
    expect(Object.keys(vi).filter((name) => !all.includes(name))).toEqual([]);
    for (const [name, text] of Object.entries(vi)) expect(text, name).toBe(text.normalize('NFC'));
  });

  it('are told in the words of the pages, in the language of the page', async () => {
    const error = await refusal({ type: '/problems/upload-quota', detail: 'the quota is used up' });
    expect(errorText(error)).toContain('Chỗ dành cho bạn');
    await setLanguage('en');
    const again = await refusal({ type: '/problems/upload-quota', detail: 'the quota is used up' });
    expect(errorText(again)).toContain('Your room on the server is used up');
  });

  it('that the pages do not know are told in the words of the server', async () => {
    const error = await refusal({ type: '/problems/of-next-year', title: 'Chưa được', detail: 'Hãy đợi đến tháng sau.' });
    expect(errorText(error)).toContain('Hãy đợi đến tháng sau.');
    expect(problemText(error.problem)).toBe('Chưa được. Hãy đợi đến tháng sau.');
    expect(problemText({ title: 'a proxy' })).toBeNull();
  });
});

describe('faults of fields', () => {
  it.each(FIELD_CODES)('%s has words', (code) => {
    expect((formVi as Record<string, string>)[`field.${code}`]).toBeTruthy();
    expect((formEn as Record<string, string>)[`field.${code}`]).toBeTruthy();
    expect(fieldText({ code })).toBe((formVi as Record<string, string>)[`field.${code}`]);
  });

  it('that the pages do not know are told in the words of the server', () => {
    const problem = { detail: 'Ngày này đã qua.' };
    expect(fieldText({ code: 'in-the-past' }, problem)).toBe('Ngày này đã qua.');
  });
});
