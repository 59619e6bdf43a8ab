// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
/* Builds the pages and weighs them: what a learner must fetch before anything shows is a promise. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, type Manifest } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(__dirname, '../..');
let dist = '';
let manifest: Manifest = {};

beforeAll(async () => {
  dist = mkdtempSync(join(tmpdir(), 'banmai-build-'));
  await build({ root, mode: 'production', logLevel: 'silent', build: { outDir: dist, emptyOutDir: true } });
  manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Manifest;
}, 120_000);

afterAll(() => rmSync(dist, { recursive: true, force: true }));

/** A chunk and everything it cannot start without. */
function closure(key: string, found = new Set<string>()): Set<string> {
  if (found.has(key)) return found;
  found.add(key);
  for (const imported of manifest[key]?.imports ?? []) closure(imported, found);
  return found;
}

function files(keys: Set<string>, kind: 'js' | 'css'): Set<string> {
  const chunks = [...keys].map((key) => manifest[key]);
  return new Set(chunks.flatMap((chunk) => (kind === 'js' ? [chunk?.file ?? ''] : (chunk?.css ?? []))));
}

/* What goes over the wire; files too small to gain have no compressed copy. */
function wireBytes(name: string): number {
  const path = join(dist, name);
  return readFileSync(existsSync(`${path}.br`) ? `${path}.br` : path).length;
}

const kilobytes = (names: Set<string>): number => [...names].reduce((sum, name) => sum + wireBytes(name), 0) / 1024;

const union = (...sets: Set<string>[]): Set<string> => new Set(sets.flatMap((set) => [...set]));

/* KB after brotli: a fifth above what they weighed when the budget was set, so that growth is noticed. */
const BUDGETS: [page: string, entries: string[], js: number, css: number][] = [
  ['home', ['index.html'], 28, 5],
  ['watch', ['index.html', 'src/features/lecture/lecture_page.tsx', 'src/player/make_source.ts'], 125, 7],
  ['studio', ['studio/index.html'], 45, 6],
  ['admin', ['admin/index.html'], 25, 6],
];

describe('built pages', () => {
  it.each(BUDGETS)('%s stays within its budget', (_page, entries, js, css) => {
    const keys = union(...entries.map((entry) => closure(entry)));
    expect(kilobytes(files(keys, 'js'))).toBeLessThan(js);
    expect(kilobytes(files(keys, 'css'))).toBeLessThan(css);
  });

  it('home does not carry the player, the studio or English', () => {
    const keys = [...closure('index.html')].join(' ');
    expect(keys).not.toMatch(/make_source|lecture_page|studio|admin|\ben\b/);
  });

  it.each(['index.html', 'studio/index.html', 'admin/index.html'])('%s runs nothing inline and asks no other host', (name) => {
    const html = readFileSync(join(dist, name), 'utf8');
    expect(html).toContain('lang="vi"');
    expect(html).not.toMatch(/<style|style=|\son\w+=|https?:\/\//);
    for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) expect(tag).toContain('src="/assets/');
  });

  it('every large text has its compressed copies', () => {
    const names = readdirSync(join(dist, 'assets'));
    for (const name of names.filter((one) => /\.(js|css)$/.test(one))) {
      if (readFileSync(join(dist, 'assets', name)).length < 256) continue;
      expect(names).toContain(`${name}.br`);
      expect(names).toContain(`${name}.gz`);
    }
  });

  it('the lock file names no download address', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });
});
