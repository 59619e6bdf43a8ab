// SPDX-License-Identifier: GPL-3.0-or-later
/* Turns the server's load figures, whatever they are, into things to draw. Pure.
 *
 * Keys end in their unit, as everywhere in Banmai (_bytes, _ms, _kbps …), so a figure added to the
 * server shows up here with the right unit, and at worst without a translated name. */
import { bytes, number, wait } from '../../app/format';
import { t } from './text';

export interface Figure {
  /** Where it stands, "stream.egress_bps". */
  path: string;
  key: string;
  value: number | string | boolean | null;
}

export interface Table {
  path: string;
  key: string;
  columns: string[];
  rows: Record<string, Figure['value']>[];
}

export interface LoadView {
  figures: Figure[];
  tables: Table[];
}

const MAX_DEPTH = 5;

type Plain = Record<string, unknown>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): value is Figure['value'] => value === null || typeof value !== 'object';

function tableFrom(path: string, key: string, list: unknown[]): Table {
  const rows = list.map((item) => (isPlain(item) ? scalarsOf(item) : { value: isScalar(item) ? item : null }));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { path, key, columns, rows };
}

function scalarsOf(object: Plain): Record<string, Figure['value']> {
  return Object.fromEntries(Object.entries(object).filter((entry): entry is [string, Figure['value']] => isScalar(entry[1])));
}

function walk(value: Plain, prefix: string, depth: number, view: LoadView): void {
  for (const [key, part] of Object.entries(value)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (isScalar(part)) view.figures.push({ path, key, value: part });
    else if (Array.isArray(part)) view.tables.push(tableFrom(path, key, part));
    else if (isPlain(part) && depth < MAX_DEPTH) walk(part, path, depth + 1, view);
  }
}

export function viewLoad(load: unknown): LoadView {
  const view: LoadView = { figures: [], tables: [] };
  if (isPlain(load)) walk(load, '', 0, view);
  return view;
}

function bitsPerSecond(bps: number): string {
  if (bps >= 1e9) return `${number(bps / 1e9, 2)} Gbit/s`;
  if (bps >= 1e6) return `${number(bps / 1e6, 1)} Mbit/s`;
  return `${number(bps / 1e3, 1)} kbit/s`;
}

/* The first suffix that fits names the unit. */
const UNITS: [suffix: RegExp, text: (value: number) => string][] = [
  [/_at_ms$/, (ms) => new Date(ms).toLocaleString()],
  [/_bytes_per_s$/, (n) => `${bytes(n)}/s`],
  [/_bytes$/, (n) => (n === 0 ? '0' : bytes(n))],
  [/_kbps$/, (n) => bitsPerSecond(n * 1e3)],
  [/_bps$/, bitsPerSecond],
  [/_permille$/, (n) => `${number(n / 10, 1)}%`],
  [/_ratio$/, (n) => `${number(n * 100, 1)}%`],
  [/_us$/, (us) => `${number(us / 1000, 1)} ms`],
  [/_ms$/, (ms) => (ms >= 10_000 ? wait(ms / 1000) : `${number(ms, 1)} ms`)],
  [/_per_s$/, (n) => `${number(n, 1)}/s`],
  [/_s$/, (s) => (s >= 60 ? wait(s) : `${number(s, 1)} s`)],
];

export function valueText(key: string, value: Figure['value']): string {
  if (value === null) return t('admin.none');
  if (typeof value === 'boolean') return t(value ? 'admin.yes' : 'admin.no');
  if (typeof value === 'string') return value;
  const unit = UNITS.find(([suffix]) => suffix.test(key));
  return unit ? unit[1](value) : number(value, 2);
}

/** The translated name, else the key's words without its unit. */
export function labelText(key: string): string {
  const known = t.find(`load.${key}`);
  if (known) return known;
  const words = key.replace(/^n_/, '').replace(/_(bytes|kbps|bps|permille|ratio|us|ms|s)$/, '').replace(/_/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
