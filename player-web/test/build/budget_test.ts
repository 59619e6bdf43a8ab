// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
/* Weighs the built pages: what a learner must fetch before anything shows is a promise. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Manifest } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';

const root = resolve(__dirname, '../..');
const dist = join(root, 'dist');
let manifest: Manifest = {};

beforeAll(() => {
  execFileSync(join(root, '../deploy/build-web')); // does nothing where they are newer than their sources
  manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Manifest;
}, 120_000);

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
  ['home', ['index.html'], 25, 4],
  ['watch', ['index.html', 'src/features/lecture/lecture_page.tsx', 'src/player/make_source.ts'], 125, 7],
  ['studio', ['index.html', 'src/features/studio/list_page.tsx'], 35, 6],
  ['upload', ['index.html', 'src/features/uploads/upload_page.tsx'], 50, 6],
  ['admin', ['index.html', 'src/features/load/load_page.tsx'], 33, 6],
];

describe('built pages', () => {
  it.each(BUDGETS)('%s stays within its budget', (_page, entries, js, css) => {
    const keys = union(...entries.map((entry) => closure(entry)));
    expect(kilobytes(files(keys, 'js'))).toBeLessThan(js);
    expect(kilobytes(files(keys, 'css'))).toBeLessThan(css);
  });

  it('home carries no words of other screens, no forms and no English', () => {
    const home = [...files(closure('index.html'), 'js')].map((name) => readFileSync(join(dist, name), 'utf8')).join('');
    for (const word of ['Học tiếp', 'Đăng nhập']) expect(home).toContain(word);
    for (const word of ['Trình phát bài giảng', 'Tải bài lên', 'Chỉ số', 'Sign out', 'Xin điền vào ô này', 'Xin đặt tên bài'])
      expect(home).not.toContain(word);
  });

  it('the page of all components is left out', () => {
    const scripts = readdirSync(join(dist, 'assets')).filter((name) => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(10);
    for (const name of scripts) expect(readFileSync(join(dist, 'assets', name), 'utf8'), name).not.toMatch(/dev\/ui|Mọi thành phần/);
    expect(Object.keys(manifest).join(' ')).not.toContain('dev_ui');
  });

  it('the page runs nothing inline and asks no other host', () => {
    const html = readFileSync(join(dist, 'index.html'), 'utf8');
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
