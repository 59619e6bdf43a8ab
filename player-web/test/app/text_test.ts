// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, describe, expect, it } from 'vitest';
import { adminEn } from '../../src/features/load/text.en';
import { adminVi } from '../../src/features/load/text.vi';
import { en } from '../../src/app/text.en';
import { studioEn } from '../../src/features/studio/text.en';
import { studioVi } from '../../src/features/studio/text.vi';
import { addTexts, fill, findText, language, setLanguage, t } from '../../src/app/text';
import { vi } from '../../src/app/text.vi';

const PAIRS: [name: string, vietnamese: Record<string, string>, english: Record<string, string>][] = [
  ['common', vi, en],
  ['studio', studioVi, studioEn],
  ['admin', adminVi, adminEn],
];

const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

afterEach(() => setLanguage('vi'));

describe.each(PAIRS)('catalogue %s', (_name, vietnamese, english) => {
  it('has the same texts with the same blanks in both languages', () => {
    expect(Object.keys(english).sort()).toEqual(Object.keys(vietnamese).sort());
    for (const [key, text] of Object.entries(vietnamese)) {
      expect(names(english[key] ?? ''), key).toEqual(names(text));
    }
  });

  it('is in composed Unicode, as people type it', () => {
    for (const [key, text] of Object.entries(vietnamese)) expect(text, key).toBe(text.normalize('NFC'));
  });
});

describe('texts', () => {
  it('are filled in, and keep what is not given visible', () => {
    expect(fill('{a} và {b}', { a: 1 })).toBe('1 và {b}');
    expect(t('home.hello', { name: 'Mai' })).toBe('Chào Mai');
  });

  it('are Vietnamese until English is asked for', async () => {
    expect(t('app.home')).toBe('Trang chủ');
    await setLanguage('en');
    expect(t('app.home')).toBe('Home');
    expect(document.documentElement.lang).toBe('en');
    expect(language.value).toBe('en');
  });

  it('of an app join the common ones', async () => {
    addTexts(studioVi, async () => studioEn);
    expect(t('studio.retry')).toBe('Thử lại');
    await setLanguage('en');
    expect(t('studio.retry')).toBe('Try again');
  });

  it('unknown at build time may be missing', () => {
    expect(findText('load.nothing_like_it')).toBeNull();
  });
});
