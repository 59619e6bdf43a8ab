// SPDX-License-Identifier: GPL-3.0-or-later
/* Every component in every state (/dev/ui of the development server): can it be read, does it fit, can a
 * thumb hit it, does it look as it did.
 *
 * How each part looked is in ui_digests.json: 6 × 6 mean colours a part. After a change that is meant,
 * look at the pictures, then write them anew:
 *
 *   SCREENSHOTS=DIR node tests/browser/ui_test.mjs     leaves the pictures in DIR
 *   RENEW=1 node tests/browser/ui_test.mjs             writes ui_digests.json */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DESK, openBrowser, PHONE, withPage } from './support/chromium.mjs';
import { startDevServer } from './support/dev_server.mjs';
import { digestOf, distance, MEASURES } from './support/measures.mjs';

const DIGESTS = new URL('ui_digests.json', import.meta.url);
const { RENEW, SCREENSHOTS } = process.env;

/* A word more in a long part changes a cell by 2 to 5, a colour or a border of a component by more. */
const MAX_MEAN = 2;
const MAX_CELL = 12;

let server;

before(async () => {
  server = await startDevServer();
});

after(() => server?.stop());

const SCREENS = { phone: PHONE, desk: DESK };

async function openParts(page) {
  const json = { type: '/problems/sign-in-required', title: 'Hãy đăng nhập trước', status: 401 };
  await page.route('**/api/v1/**', (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', json }));
  await page.goto(`${server.url}/dev/ui`);
  await page.waitForSelector('[data-part=Cards]');
  await page.click('[data-form=refused] [type=submit]');
  await page.waitForSelector('[data-form=refused] .field-fault >> nth=2');
  await page.click('[data-form=busy] [type=submit]');
  await page.click('[data-part=Lists] .more button');
  await page.waitForSelector('.loading');
  await page.evaluate(() => document.activeElement.blur());
}

const faultsOf = async (page) => {
  const found = {};
  for (const [name, measure] of Object.entries(MEASURES)) found[name] = await page.evaluate(measure);
  return found;
};

const NONE = Object.fromEntries(Object.keys(MEASURES).map((name) => [name, []]));

async function keep(page, name) {
  if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `ui-${name}.png`), fullPage: true });
}

const inParts = (name, screen, scheme, body) =>
  test(name, { timeout: 180_000 }, async (t) => {
    const browser = await openBrowser({ ...SCREENS[screen], colorScheme: scheme, reducedMotion: 'reduce' });
    try {
      await withPage(browser.context, server.url, name, async (page) => {
        await openParts(page);
        await body(page, t);
      });
    } finally {
      await browser.close();
    }
  });

for (const scheme of ['light', 'dark']) {
  for (const screen of Object.keys(SCREENS)) {
    inParts(`components can be read and hit, ${screen}, ${scheme}`, screen, scheme, async (page) => {
      await keep(page, `${screen}-${scheme}`);
      assert.deepEqual(await faultsOf(page), NONE);
      await page.click('[data-part=Lists] button:has-text("Gỡ xuống")');
      await page.click('dialog .button-danger');
      await page.waitForSelector('dialog .button-danger:has-text("Đang gửi")');
      if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `ui-dialog-${screen}-${scheme}.png`) });
      assert.deepEqual(await faultsOf(page), NONE, 'in a dialog');
    });
  }

  inParts(`components look as they did, ${scheme}`, 'phone', scheme, async (page, t) => {
    const seen = {};
    for (const part of await page.locator('.ui-part').all())
      seen[await part.getAttribute('data-part')] = await digestOf(page, await part.screenshot());
    /* Other letters, other pictures: Debian's own fonts are what is compared. */
    const letters = await page.evaluate(() => {
      const pen = new OffscreenCanvas(1, 1).getContext('2d');
      pen.font = '100px system-ui';
      return Math.round(pen.measureText('Bản Mai, tầng học').width);
    });
    const kept = JSON.parse(await readFile(DIGESTS, 'utf8').catch(() => '{}'));
    if (RENEW) {
      await writeFile(DIGESTS, `${JSON.stringify({ ...kept, letters, [scheme]: seen }, null, 2)}\n`);
      return;
    }
    if (letters !== kept.letters) return t.skip(`letters are ${letters} wide and not ${kept.letters}: other fonts than Debian's`);
    assert.deepEqual(Object.keys(seen), Object.keys(kept[scheme]));
    const isOther = ({ mean, max }) => mean > MAX_MEAN || max > MAX_CELL;
    for (const [name, digest] of Object.entries(seen)) {
      const apart = distance(digest, kept[scheme][name]);
      t.diagnostic(`${name}: mean ${apart.mean.toFixed(2)}, max ${apart.max}`);
      assert.ok(!isOther(apart), `${name} looks different: ${JSON.stringify(apart)}; see the head of this file`);
    }
    /* That this can fail: another brand colour, a border that is gone. */
    for (const [part, style] of [['Buttons', ':root { --brand: #7a3fd0 !important }'], ['Cards', '.lecture-card { background: none !important; padding: 2rem !important }']]) {
      const tag = await page.addStyleTag({ content: style });
      const digest = await digestOf(page, await page.locator(`[data-part=${part}]`).screenshot());
      assert.ok(isOther(distance(digest, kept[scheme][part])), `${style} was not seen: ${JSON.stringify(distance(digest, kept[scheme][part]))}`);
      await tag.evaluate((element) => element.remove());
    }
  });
}

inParts('the measures see what is wrong', 'phone', 'light', async (page) => {
  const wrong = [
    ['paleWords', '<p style="color: #999">nhạt quá</p>', 'nhạt quá'],
    ['tooWide', '<div style="width: 500px">rộng quá</div>', 'px wide'],
    ['overlaps', '<div style="height: 20px"><p>dòng trên</p></div><p style="margin-top: -20px">dòng dưới</p>', 'dòng trên'],
    ['smallTargets', '<button style="display: block; height: 30px">nhỏ</button>', 'nhỏ'],
  ];
  for (const [name, html, word] of wrong) {
    await page.evaluate((text) => {
      const box = document.createElement('div');
      box.id = 'wrong';
      box.innerHTML = text;
      document.querySelector('main').append(box);
    }, html);
    const found = await page.evaluate(MEASURES[name]);
    assert.ok(found.some((fault) => fault.includes(word)), `${name}: ${found}`);
    await page.evaluate(() => document.querySelector('#wrong').remove());
  }
});

inParts('a dialog keeps the focus and gives it back; what is done is said', 'phone', 'light', async (page) => {
  const opener = page.locator('[data-part=Lists] button:has-text("Gỡ xuống")').first();
  const isInside = () => page.evaluate(() => document.activeElement.closest('dialog') !== null || document.activeElement === document.body);
  await opener.focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open]');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Giữ nguyên');
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('Tab');
    assert.ok(await isInside(), `after ${i + 1} times Tab`);
  }
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  assert.ok(await opener.evaluate((element) => element === document.activeElement));

  await page.click('[data-toast]');
  await page.waitForSelector('[aria-live=polite] .toast:has-text("Đã đăng")');
  await page.waitForSelector('.toast', { state: 'detached', timeout: 10_000 });
});
