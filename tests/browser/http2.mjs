// SPDX-License-Identifier: GPL-3.0-or-later
/* What the pages do with a server that speaks HTTP/2: http2_test.py starts it and runs this. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DESK, openBrowser, signIn, withPage } from './support/chromium.mjs';
import { openTarget } from './support/target.mjs';
import { openLecture, progressUntil, watchUntil } from './support/watching.mjs';

const MEGABYTES = 3; /* more than the server's windows */

let target;
let folder;

before(async () => {
  target = await openTarget();
  folder = await mkdtemp(join(tmpdir(), 'banmai-upload-'));
});

after(async () => {
  await target?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A person's own browser, signed in. */
const inBrowserOf = (login, name, body) =>
  test(name, { timeout: 300_000 }, async () => {
    const browser = await openBrowser(DESK, { trustedKeyDigest: process.env.KEY_DIGEST });
    try {
      await withPage(browser.context, target.url, name, async (page) => {
        await signIn(page, target.url, target.accounts[login]);
        await body(page);
      });
    } finally {
      await browser.close();
    }
  });

/** The protocol of each answer from the network whose path matches, as the page saw it. */
function protocols(page, pattern) {
  return page.evaluate(
    (source) =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter(({ name, transferSize }) => new RegExp(source).test(new URL(name).pathname) && transferSize > 0)
        .map(({ nextHopProtocol }) => nextHopProtocol),
    pattern,
  );
}

async function assertAllH2(page, pattern, atLeast) {
  const found = await protocols(page, pattern);
  assert.ok(found.length >= atLeast, `${found.length} answers of ${pattern}`);
  assert.deepEqual([...new Set(found)], ['h2'], pattern);
}

inBrowserOf('learner', 'a lecture is played over HTTP/2, and its progress kept', async (page) => {
  await openLecture(page, target.url, target.lecture);
  await page.click('.start-button');
  await watchUntil(page, 8);
  await page.click('.transport-play');
  const progress = await progressUntil(page, target.lecture, ({ watched_s: seconds }) => seconds >= 7);
  assert.ok(progress.watched_s >= 7, JSON.stringify(progress));
  await assertAllH2(page, `^/lecture/${target.lecture}$`, 1);
  await assertAllH2(page, '^/v/.*[.]m3u8$', 2);
  await assertAllH2(page, '^/v/.*[.](m4s|mp4)$', 4);
  await assertAllH2(page, '^/api/v1/progress$', 1);
});

inBrowserOf('instructor', 'a file is uploaded over HTTP/2', async (page) => {
  await page.goto(`${target.url}/studio/upload`);
  const path = join(folder, 'bai_so_2.mp4');
  await writeFile(path, randomBytes(MEGABYTES * 1024 * 1024));
  await page.setInputFiles('input[type=file]', path);
  await page.fill('.row input', 'Bài thử số hai');
  await page.selectOption('select', 'new');
  await page.getByLabel('Tên khoá học mới').fill('Khoá thử hai');
  await page.click('button:has-text("Bắt đầu tải lên")');
  await page.waitForSelector('.notice-good:has-text("Đã tải lên xong")');
  await assertAllH2(page, '^/api/v1/uploads', 2);
  const { lectures } = await page.evaluate(async () => (await fetch('/api/v1/lectures')).json());
  assert.ok(lectures.some(({ title }) => title === 'Bài thử số hai'));
});
