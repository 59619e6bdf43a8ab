// SPDX-License-Identifier: GPL-3.0-or-later
/* What must hold on every page: accessible, within the screen, dark and light, live figures. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, PHONE, signIn, withPage } from './support/chromium.mjs';
import { watchReplies } from './support/contract.mjs';
import { requireFromPages } from './support/packages.mjs';
import { idOf } from './support/double_data.mjs';
import { openTarget } from './support/target.mjs';

const AXE = requireFromPages.resolve('axe-core/axe.min.js');

let target;

before(async () => {
  target = await openTarget();
});

after(() => target?.stop());

/* axe is evaluated by the debugger, which the page's policy does not concern. */
async function violations(page) {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations: found } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

const pages = () => [
  [null, '/login', 'form.login'],
  ['learner', '/', '.lecture-card'],
  ['learner', `/lecture/${target.lecture}`, '.transport'],
  ['instructor', '/studio', '.rows'],
  ['instructor', '/studio/upload', '.drop'],
  ['admin', '/admin', '.spark'], /* which comes with the second look at the load */
];

/** The next person takes this phone, and it remembers nothing of the last one. */
async function handOver(page) {
  await page.evaluate(() => localStorage.clear());
  await page.context().clearCookies();
}

for (const scheme of ['light', 'dark']) {
  test(`pages are accessible and fit a small phone, ${scheme}`, { timeout: 300_000 }, async () => {
    const browser = await openBrowser({ ...PHONE, colorScheme: scheme });
    try {
      for (const [role, path, landmark] of pages()) {
        if (role && !target.accounts[role]) continue;
        await withPage(browser.context, target.url, `${scheme} ${path}`, async (page) => {
          if (role) await signIn(page, target.url, target.accounts[role]);
          await page.goto(target.url + path);
          await page.waitForSelector(landmark);
          await page.waitForTimeout(400);
          assert.deepEqual(await violations(page), [], path);
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(width <= 360, `${path} is ${width} px wide`);
          await handOver(page);
        });
      }
    } finally {
      await browser.close();
    }
  });
}

test('what a thumb must hit is 48 px high at least', { timeout: 180_000 }, async (t) => {
  if (!target.accounts.learner || !target.lecture) return t.skip('no learner account or no lecture');
  const browser = await openBrowser(PHONE);
  try {
    await withPage(browser.context, target.url, 'targets', async (page) => {
      await signIn(page, target.url, target.accounts.learner);
      await page.goto(`${target.url}/lecture/${target.lecture}`);
      await page.waitForSelector('.transport');
      const small = await page.$$eval('button, summary, input, .lecture-card', (elements) =>
        elements
          .filter((element) => element.checkVisibility())
          .map((element) => [element.className, element.getBoundingClientRect().height])
          .filter(([, height]) => height < 48),
      );
      assert.deepEqual(small, []);
    });
  } finally {
    await browser.close();
  }
});

test('the watch page fits a small phone with text at twice the size', { timeout: 180_000 }, async (t) => {
  if (!target.accounts.learner || !target.lecture) return t.skip('no learner account or no lecture');
  const browser = await openBrowser({ ...PHONE, viewport: { width: 320, height: 640 } });
  try {
    await withPage(browser.context, target.url, 'large text', async (page) => {
      await signIn(page, target.url, target.accounts.learner);
      await page.goto(`${target.url}/lecture/${target.lecture}`);
      await page.waitForSelector('.start-button');
      const cut = await page.evaluate(() => {
        document.documentElement.style.fontSize = '225%';
        return [...document.querySelectorAll('button, h1, .seek, .lecture-card')]
          .filter((element) => element.checkVisibility())
          .filter((element) => element.getBoundingClientRect().right > 320)
          .map((element) => element.className);
      });
      assert.deepEqual(cut, []);
    });
  } finally {
    await browser.close();
  }
});

test('a reply with a member that docs/openapi.yaml does not know is told', { timeout: 60_000 }, async () => {
  const browser = await openBrowser(PHONE);
  try {
    const { page } = await openPage(browser.context, target.url);
    const wrongReplies = watchReplies(page, target.url);
    const me = { id: idOf('u'), login: 'lan', name: 'Lan', role: 'learner', email: 'lan@example.org' };
    await page.route('**/api/v1/me', (route) => route.fulfill({ json: me }));
    await Promise.all([page.waitForResponse('**/api/v1/me'), page.goto(target.url)]);
    assert.match((await wrongReplies()).join(), /GET \/api\/v1\/me → 200 .*'email' was unexpected/);
  } finally {
    await browser.close();
  }
});

test('the load page is live, and honest about its age', { timeout: 180_000 }, async (t) => {
  if (!target.accounts.admin) return t.skip('no admin account');
  const browser = await openBrowser({ viewport: { width: 1280, height: 800 } });
  try {
    await withPage(browser.context, target.url, 'load', async (page) => {
      await signIn(page, target.url, target.accounts.admin);
      await page.goto(`${target.url}/admin`);
      await page.waitForSelector('.fresh-live');
      await page.waitForSelector('.tile-value');
      await page.click('button:has-text("Dừng cập nhật")');
      await page.waitForSelector('.fresh:has-text("Đã dừng")');
      await page.waitForSelector('.fresh-old:has-text("Dữ liệu cũ")', { timeout: 20_000 });
    });
  } finally {
    await browser.close();
  }
});

/* A source that kills the decoder twice is nothing to have at hand: its entry is answered here, in
 * place of whatever server there is. tests/integration/quarantine_test.py has a real one. */
async function quarantine(page) {
  const listed = [
    {
      lecture: idOf('failed'),
      title: 'Buổi họp bản tháng chín',
      filename: 'quay màn hình.mp4',
      owner: 'instructor',
      source_sha256: 'ab'.repeat(32),
      source_bytes: 42_000_000,
      stage: 'chunk',
      failed_at: new Date(Date.now() - 30 * 3600_000).toISOString(),
    },
  ];
  await page.route('**/api/v1/admin/quarantine', (route) => route.fulfill({ json: { quarantine: listed, next: null } }));
  await page.route(`**/api/v1/lectures/${idOf('failed')}/retry`, (route) => {
    listed.length = 0;
    return route.fulfill({ status: 202 });
  });
}

test('an admin sees what is in quarantine, and lets it be tried again', { timeout: 180_000 }, async () => {
  const browser = await openBrowser(PHONE);
  try {
    await withPage(browser.context, target.url, 'quarantine', async (page) => {
      await quarantine(page);
      await signIn(page, target.url, target.accounts.admin);
      await page.goto(`${target.url}/admin`);
      await page.waitForSelector('.quarantined:has-text("quay màn hình.mp4")');
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      await page.click('.quarantined button:has-text("Thử lại")');
      await page.waitForSelector('.quarantined', { state: 'detached' });
    });
  } finally {
    await browser.close();
  }
});

test('signing in for the studio ended in "not found"', { timeout: 180_000 }, async (t) => {
  if (!target.accounts.instructor) return t.skip('no instructor account');
  const browser = await openBrowser(PHONE);
  try {
    await withPage(browser.context, target.url, 'next', async (page) => {
      await signIn(page, target.url, target.accounts.instructor);
      for (const [next, path, landmark] of [
        ['/studio', '/studio', '.rows'],
        ['/studio/upload', '/studio/upload', '.drop'],
        ['/%09/banmai.invalid/', '/', '.lecture-card'],
      ]) {
        await page.goto(`${target.url}/login?next=${next}`);
        await page.waitForURL(target.url + path);
        await page.waitForSelector(landmark);
      }
    });
  } finally {
    await browser.close();
  }
});

test('no page shows the note that its files did not come', { timeout: 180_000 }, async () => {
  const browser = await openBrowser(PHONE);
  try {
    for (const path of ['/', '/studio', '/admin']) {
      await withPage(browser.context, target.url, `note ${path}`, async (page) => {
        await page.route('**/assets/*.js', (route) => route.abort());
        await page.goto(target.url + path);
        assert.equal(await page.locator('.lost').isVisible(), false, path);
        await page.route('**/assets/*.css', (route) => route.abort());
        await page.goto(target.url + path);
        assert.ok(await page.locator('.lost:has-text("sub-path")').isVisible(), path);
      });
    }
  } finally {
    await browser.close();
  }
});

test('a learner gets no studio and no figures', { timeout: 180_000 }, async (t) => {
  if (!target.accounts.learner) return t.skip('no learner account');
  const browser = await openBrowser(PHONE);
  try {
    await withPage(browser.context, target.url, 'roles', async (page) => {
      await signIn(page, target.url, target.accounts.learner);
      for (const path of ['/studio', '/admin']) {
        await page.goto(target.url + path);
        await page.waitForSelector('.notice:has-text("không được xem")');
      }
    });
  } finally {
    await browser.close();
  }
});

test('a screen that did not come comes with the next try, with its style', { timeout: 180_000 }, async (t) => {
  if (!target.accounts.instructor) return t.skip('no instructor account');
  const browser = await openBrowser(PHONE);
  try {
    await withPage(browser.context, target.url, 'next try', async (page) => {
      await signIn(page, target.url, target.accounts.instructor);
      await page.waitForSelector('.person-name');
      for (const kind of ['js', 'css']) {
        await page.goto(target.url);
        await page.waitForSelector('h1');
        await page.route(`**/assets/*.${kind}`, (route) => route.abort());
        await page.click('.person summary');
        await page.click('.person-menu a[href="/studio"]');
        await page.waitForSelector('[role=alert]:has-text("Thử lại")');
        assert.equal(await page.locator('.row').count(), 0, kind);
        await page.unroute(`**/assets/*.${kind}`);
        await page.evaluate(() => (window.isSamePage = true));
        await page.click('button:has-text("Thử lại")');
        await page.waitForSelector('.row');
        assert.equal(await page.$eval('.row', (row) => getComputedStyle(row).display), 'grid', kind);
        assert.ok(await page.evaluate(() => window.isSamePage), 'the page was not loaded anew');
      }
    });
  } finally {
    await browser.close();
  }
});

test('the way back leads to where the list was left, and the heading is heard', { timeout: 180_000 }, async (t) => {
  if (!target.accounts.learner || !target.lecture) return t.skip('no learner account or no lecture');
  const browser = await openBrowser({ ...PHONE, viewport: { width: 360, height: 240 } });
  const heard = (page) => page.evaluate(() => `${document.activeElement.localName} ${document.activeElement.textContent}`);
  try {
    await withPage(browser.context, target.url, 'back', async (page) => {
      await signIn(page, target.url, target.accounts.learner);
      await page.waitForSelector('.lecture-card');
      const card = page.locator('.lecture-card, .resume-card').last();
      await card.scrollIntoViewIfNeeded();
      const left = await page.evaluate(() => window.scrollY);
      assert.ok(left > 20, `the list is long enough to be scrolled: ${left}`);
      await card.click();
      await page.waitForSelector('.watch h1, .waiting h1');
      assert.equal(await page.evaluate(() => window.scrollY), 0);
      await page.waitForTimeout(300);
      assert.match(await heard(page), /^h1 /);
      await page.goBack();
      await page.waitForSelector('.lecture-card');
      await page.waitForTimeout(300);
      assert.ok(Math.abs((await page.evaluate(() => window.scrollY)) - left) <= 1);
      assert.match(await heard(page), /^h1 Chào /);
      await page.focus('.skip');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => location.hash), '#main');
      assert.ok(await page.locator('.lecture-card').count(), 'the link to the main part led to another page');
    });
  } finally {
    await browser.close();
  }
});
