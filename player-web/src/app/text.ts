// SPDX-License-Identifier: GPL-3.0-or-later
/* The words of the interface: Vietnamese first, English on request.
 *
 * Each folder with words has text.vi.ts, text.en.ts and a `t` of its own made by texts(); they come
 * with the folder's chunk. English ones are fetched when somebody reads English. Texts are plain
 * strings with {names} in them; Vietnamese has one plural form. */
import { signal, type Signal } from '@preact/signals';
import { recall, remember } from './storage';
import { vi } from './text.vi';

export type Language = 'vi' | 'en';
export type Catalogue = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, string | number>>;
type AppKey = keyof typeof vi;

/** The text for a key in the current language. Components that call it redraw on a change. */
export interface Text<K extends string> {
  (key: K, values?: Values): string;
  /** As above for a key that is only known at run time: null when there is none. */
  find: (key: string, values?: Values) => string | null;
}

interface Folder {
  vi: Catalogue;
  english: () => Promise<Catalogue>;
  shown: Signal<Catalogue>;
}

const folders: Folder[] = [];

export const language = signal<Language>('vi');

/** The tag for Intl. */
export function locale(): string {
  return language.value === 'vi' ? 'vi-VN' : 'en-GB';
}

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

/** The texts of one folder; its `t` knows those that every screen has, too. */
export function texts<K extends string>(catalogue: Readonly<Record<K, string>>, english: () => Promise<Catalogue>): Text<K | AppKey> {
  const folder: Folder = { vi: catalogue, english, shown: signal<Catalogue>(catalogue) };
  folders.push(folder);
  const find = (key: string, values: Values = {}): string | null => {
    const text = folder.shown.value[key] ?? folders[0]?.shown.value[key];
    return text === undefined ? null : fill(text, values);
  };
  return Object.assign((key: string, values: Values = {}) => find(key, values) ?? key, { find });
}

export const t = texts(vi, async () => (await import('./text.en')).en);

async function english(folder: Folder): Promise<void> {
  if (folder.shown.peek() === folder.vi) folder.shown.value = await folder.english();
}

/** Resolves when what was loaded meanwhile has its words in the language of the page. Words that do
 * not come stay Vietnamese. */
export async function textsReady(): Promise<void> {
  if (language.peek() === 'en') await Promise.allSettled(folders.map(english));
}

/** Throws when the words cannot be fetched; the page stays as it is then. */
export async function setLanguage(next: Language): Promise<void> {
  if (next === 'en') await Promise.all(folders.map(english));
  else for (const folder of folders) folder.shown.value = folder.vi;
  language.value = next;
  document.documentElement.lang = next;
  remember('language', next);
}

/** Applies the language chosen on an earlier visit; stays Vietnamese when it cannot be fetched. */
export async function restoreLanguage(): Promise<void> {
  if (recall<Language>('language') !== 'en') return;
  await setLanguage('en').catch(() => undefined);
}
