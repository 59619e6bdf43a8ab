// SPDX-License-Identifier: GPL-3.0-or-later
/* The words of the interface: Vietnamese first, English on request.
 *
 * An app carries the Vietnamese texts it needs; English ones are fetched when someone asks for
 * them. Texts are plain strings with {names} in them; Vietnamese has one plural form. */
import { signal } from '@preact/signals';
import { recall, remember } from './storage';
import type { adminVi } from '../features/load/text.vi';
import type { studioVi } from '../features/studio/text.vi';
import { vi, type CommonKey } from './text.vi';

export type TextKey = CommonKey | keyof typeof studioVi | keyof typeof adminVi;
export type Language = 'vi' | 'en';
export type Catalogue = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, string | number>>;

/** How an app gets its texts in English. */
export type LoadEnglish = () => Promise<Catalogue>;

const texts = signal<Catalogue>(vi);
const vietnamese: Record<string, string> = { ...vi };
const englishLoaders: LoadEnglish[] = [async () => (await import('./text.en')).en];

export const language = signal<Language>('vi');

/** The tag for Intl. */
export function locale(): string {
  return language.value === 'vi' ? 'vi-VN' : 'en-GB';
}

/** Adds the texts of one app; called once by its entry, before the first drawing. */
export function addTexts(catalogue: Catalogue, english: LoadEnglish): void {
  Object.assign(vietnamese, catalogue);
  englishLoaders.push(english);
  texts.value = { ...vietnamese };
}

export async function setLanguage(next: Language): Promise<void> {
  if (next === 'en') {
    const parts = await Promise.all(englishLoaders.map((load) => load()));
    texts.value = Object.assign({}, vietnamese, ...parts) as Catalogue;
  } else {
    texts.value = { ...vietnamese };
  }
  language.value = next;
  document.documentElement.lang = next;
  remember('language', next);
}

/** Applies the language chosen on an earlier visit; stays Vietnamese when it cannot be fetched. */
export async function restoreLanguage(): Promise<void> {
  if (recall<Language>('language') !== 'en') return;
  await setLanguage('en').catch(() => undefined);
}

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

/** The text for key in the current language. Components that call it redraw on a change. */
export function t(key: TextKey, values: Values = {}): string {
  return fill(texts.value[key] ?? key, values);
}

/** The text for a key that is only known at run time, or null when there is none. */
export function findText(key: string, values: Values = {}): string | null {
  const text = texts.value[key];
  return text === undefined ? null : fill(text, values);
}
