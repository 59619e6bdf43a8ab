// SPDX-License-Identifier: GPL-3.0-or-later
/* Every folder with words: the same keys with the same blanks in both languages, none that nobody says,
 * none said that is not there. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fill, language, setLanguage, t, texts, textsReady } from '../../src/app/text';
import { vi as appVi } from '../../src/app/text.vi';
import { t as catalogue } from '../../src/features/catalogue/text';

const root = resolve(__dirname, '../../src');
const all = (readdirSync(root, { recursive: true }) as string[]).map((name) => join(root, name));
const code = new Map(
  all.filter((path) => /\.tsx?$/.test(path) && !/\/text\.(vi|en)\.ts$/.test(path)).map((path) => [path, readFileSync(path, 'utf8')]),
);
const folders = all.filter((path) => path.endsWith('/text.vi.ts')).map(dirname);

type Words = Record<string, string>;
const load = async (folder: string): Promise<{ vi: Words; en: Words }> => ({
  vi: ((await import(join(folder, 'text.vi.ts'))) as { vi: Words }).vi,
  en: ((await import(join(folder, 'text.en.ts'))) as { en: Words }).en,
});

/** Whether a piece of code names the key: in full, or by the pattern of a template. */
function names(source: string, key: string): boolean {
  if (source.includes(`'${key}'`)) return true;
  return [...source.matchAll(/`([a-z]+\.[\w-]*)\$\{[^`]*?\}([\w-]*)`/g)].some(
    ([, head = '', tail = '']) => key.startsWith(head) && key.endsWith(tail) && key.length > head.length + tail.length,
  );
}

/** The keys that the code of a folder says: t('a.b'), t(isSo ? 'a.b' : 'a.c'). */
const said = (source: string): string[] =>
  [...source.matchAll(/\bt\(([^()`]*?)[,)]/g)].flatMap(([, inside = '']) => [...inside.matchAll(/'([\w-]+\.[\w-]+)'/g)].map(([, key = '']) => key));

const blanks = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

afterEach(() => setLanguage('vi'));

describe.each(folders.map((folder) => [relative(root, folder), folder]))('words of %s', (_name, folder) => {
  const isApp = folder === join(root, 'app');
  const mine = [...code].filter(([path]) => dirname(path) === folder).map(([, source]) => source);
  const heard = isApp ? [...code.values()] : mine;

  it('are the same in both languages, with the same blanks', async () => {
    const { vi, en } = await load(folder);
    expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
    for (const [key, text] of Object.entries(vi)) {
      expect(blanks(en[key] ?? ''), key).toEqual(blanks(text));
      expect(text.trim() && en[key]?.trim(), key).toBeTruthy();
      expect(text, key).toBe(text.normalize('NFC')); /* as people type it */
    }
  });

  it('are all said somewhere', async () => {
    const { vi } = await load(folder);
    expect(Object.keys(vi).filter((key) => !heard.some((source) => names(source, key)))).toEqual([]);
  });

  it('are there for all that is said', async () => {
    const known = { ...appVi, ...(await load(folder)).vi };
    const keys = mine.flatMap(said);
    expect(keys.filter((key) => !(key in known))).toEqual([]);
  });
});

describe('folders', () => {
  it('are found', () => {
    expect(folders.length).toBeGreaterThan(7);
    expect(said("t('a.b') t(x ? 'a.c' : 'a.d', { n: 1 })")).toEqual(['a.b', 'a.c', 'a.d']);
    expect(names('t(`data.${mode}_hint`)', 'data.save_hint')).toBe(true);
    expect(names('t(`data.${mode}_hint`)', 'data.save')).toBe(false);
  });
});

describe('texts', () => {
  it('are filled in, and keep what is not given visible', () => {
    expect(fill('{a} và {b}', { a: 1 })).toBe('1 và {b}');
    expect(catalogue('home.hello', { name: 'Mai' })).toBe('Chào Mai');
  });

  it('are Vietnamese until English is asked for', async () => {
    expect(t('app.home')).toBe('Trang chủ');
    await setLanguage('en');
    expect(t('app.home')).toBe('Home');
    expect(catalogue('home.courses')).toBe('Courses');
    expect(document.documentElement.lang).toBe('en');
    expect(language.value).toBe('en');
  });

  it('of a folder know those of every screen', () => {
    expect(catalogue('app.home')).toBe('Trang chủ');
  });

  it('that come later are in the language of the page', async () => {
    await setLanguage('en');
    const late = texts({ 'late.hello': 'Chào' }, async () => ({ 'late.hello': 'Hello' }));
    await textsReady();
    expect(late('late.hello')).toBe('Hello');
  });

  it('stay Vietnamese where English does not come', async () => {
    await setLanguage('en');
    let hasNetwork = false;
    const late = texts({ 'lost.hello': 'Chào' }, () =>
      hasNetwork ? Promise.resolve({ 'lost.hello': 'Hello' }) : Promise.reject(new TypeError('no network')),
    );
    await textsReady();
    expect(late('lost.hello')).toBe('Chào');
    await setLanguage('vi');
    await expect(setLanguage('en')).rejects.toThrow('no network');
    expect(language.value).toBe('vi');
    hasNetwork = true;
    await setLanguage('en');
    expect(late('lost.hello')).toBe('Hello');
  });

  it('unknown at build time may be missing', () => {
    expect(t.find('load.nothing_like_it')).toBeNull();
  });
});
