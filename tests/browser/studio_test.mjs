// SPDX-License-Identifier: GPL-3.0-or-later
/* An instructor with a bad uplink. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DESK, openBrowser, signIn, withPage } from './support/chromium.mjs';
import { idOf } from './support/double_data.mjs';
import { openTarget } from './support/target.mjs';

let target;
let browser;
let folder;

before(async () => {
  target = await openTarget();
  browser = await openBrowser(DESK);
  folder = await mkdtemp(join(tmpdir(), 'banmai-upload-'));
});

after(async () => {
  await browser?.close();
  await target?.stop();
  await rm(folder, { recursive: true, force: true });
});

const inStudio = (name, body, { needsDouble = false } = {}) =>
  test(name, { timeout: 240_000 }, (t) => {
    if (!target.accounts.instructor) return t.skip('no instructor account');
    if (needsDouble && !target.double) return t.skip('only against the test double');
    return withPage(browser.context, target.url, name, async (page) => {
      await page.goto(`${target.url}/studio`);
      await page.waitForSelector('form.login, .page-head');
      if (await page.locator('form.login').count()) await signIn(page, target.url, target.accounts.instructor, '/');
      await body(page, target);
    });
  });

/** A file that is no media inside: what the server makes of it is not this test's matter. */
async function makeFile(name, megabytes) {
  const path = join(folder, name);
  await writeFile(path, randomBytes(megabytes * 1024 * 1024));
  return path;
}

async function lectures(page) {
  return (await page.evaluate(async () => (await fetch('/api/v1/lectures')).json())).lectures;
}

inStudio('a file is named, uploaded and listed', async (page, { url }) => {
  await page.goto(`${url}/studio/upload`);
  await page.setInputFiles('input[type=file]', await makeFile('bai_so_1.mp4', 1));
  assert.equal(await page.inputValue('.row input'), 'bai so 1');
  await page.fill('.row input', 'Bài thử số một');
  await page.selectOption('select', 'new');
  await page.getByLabel('Tên khoá học mới').fill('Khoá thử');
  await page.click('button:has-text("Bắt đầu tải lên")');
  await page.waitForSelector('.notice-good:has-text("Đã tải lên xong")');
  const found = (await lectures(page)).find(({ title }) => title === 'Bài thử số một');
  assert.equal(found?.course?.title, 'Khoá thử');
  await page.goto(`${url}/studio`);
  await page.waitForSelector('.row:has-text("Bài thử số một")');
});

inStudio('an upload cut off goes on by itself where it stopped', async (page, { url }) => {
  let nCut = 0;
  await page.route('**/api/v1/uploads/*', (route) => {
    const isSecond = route.request().headers()['upload-offset'] === String(4 * 1024 * 1024);
    return isSecond && nCut++ < 2 ? route.abort('connectionreset') : route.continue();
  });
  await page.goto(`${url}/studio/upload`);
  await page.setInputFiles('input[type=file]', await makeFile('dut_mang.mp4', 9));
  await page.click('button:has-text("Bắt đầu tải lên")');
  await page.waitForSelector('.notice-good:has-text("Đã tải lên xong")', { timeout: 60_000 });
  assert.ok(nCut >= 2, 'the connection was cut');
});

inStudio('an upload goes on after the page was closed, with the file chosen again', async (page, { url }) => {
  const path = await makeFile('tiep_tuc.mp4', 9);
  await page.route('**/api/v1/uploads/*', (route) =>
    route.request().headers()['upload-offset'] === '0' ? route.continue() : route.abort(),
  );
  await page.goto(`${url}/studio/upload`);
  await page.setInputFiles('input[type=file]', path);
  await page.fill('.row input', 'Bài tải dở');
  await page.click('button:has-text("Bắt đầu tải lên")');
  await page.waitForSelector('.notice:has-text("Mạng bị ngắt")');
  page.once('dialog', (dialog) => void dialog.accept());
  await page.goto(`${url}/studio`);
  await page.unroute('**/api/v1/uploads/*');

  const offsets = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
  });
  await page.click('.row:has-text("Bài tải dở") a:has-text("Chọn tệp")');
  await page.waitForSelector('h1:has-text("Bài tải dở")');
  await page.setInputFiles('input[type=file]', path);
  await page.click('button:has-text("Bắt đầu tải lên")');
  await page.waitForSelector('.notice-good:has-text("Đã tải lên xong")');
  assert.equal(offsets[0], 4 * 1024 * 1024);
});

inStudio('what is no media is refused before a byte is sent', async (page, { url }) => {
  const text = join(folder, 'ghi_chu.txt');
  const empty = join(folder, 'trong.mp4');
  await writeFile(text, 'xin chào');
  await writeFile(empty, '');
  await page.goto(`${url}/studio/upload`);
  await page.setInputFiles('input[type=file]', [text, empty]);
  await page.waitForSelector('.notice-bad:has-text("không phải video")');
  await page.waitForSelector('.notice-bad:has-text("Tệp trống")');
  assert.equal(await page.locator('button:has-text("Bắt đầu tải lên")').count(), 0);
});

inStudio('the list goes on by keyboard, and the focus stays', async (page, { url, double }) => {
  for (let i = 0; i < 60; i++) double.lectures.set(idOf(`many${i}`), { ...double.lectures.get(idOf('l1')), id: idOf(`many${i}`), title: `Bài ${i}.` });
  try {
    await page.goto(`${url}/studio`);
    await page.locator('article').nth(49).waitFor();
    await page.focus('button:has-text("Xem thêm")');
    await page.keyboard.press('Enter');
    await page.locator('article').nth(60).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Đã hết danh sách.');
  } finally {
    for (let i = 0; i < 60; i++) double.lectures.delete(idOf(`many${i}`));
  }
}, { needsDouble: true });

inStudio('a failure says its cause, and can be tried again', async (page, { url }) => {
  await page.goto(`${url}/studio`);
  const row = page.locator('.row', { hasText: 'Buổi họp bản tháng chín' });
  await row.locator('text=E_TRUNCATED').waitFor();
  await row.locator('button:has-text("Thử lại")').click();
  await row.locator('text=Đang chờ tới lượt').waitFor();
}, { needsDouble: true });
