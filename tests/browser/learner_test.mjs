// SPDX-License-Identifier: GPL-3.0-or-later
/* A learner with a phone: signs in, watches to the end, comes back, loses the network. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, PHONE, signIn, withPage } from './support/chromium.mjs';
import { idOf } from './support/double_data.mjs';
import { openTarget } from './support/target.mjs';
import {
  choose,
  countBeats,
  hasPicture,
  isPlaying,
  mediaState,
  openLecture,
  progressUntil,
  serverProgress,
  until,
  watchUntil,
} from './support/watching.mjs';

let target;
let browser;

before(async () => {
  target = await openTarget();
  browser = await openBrowser(PHONE);
});

after(async () => {
  await browser?.close();
  await target?.stop();
});

const inPage = (name, body, { needsDouble = false } = {}) =>
  test(name, { timeout: 300_000 }, (t) => {
    if (!target.accounts.learner || !target.lecture) return t.skip('no learner account or no lecture');
    if (needsDouble && !target.double) return t.skip('only against the test double');
    return withPage(browser.context, target.url, name, (page) => body(page, target));
  });

inPage('a wrong password is explained and the right one lets in', async (page, { url, accounts }) => {
  await page.goto(`${url}/login`);
  await page.fill('[name=login]', accounts.learner.login);
  await page.fill('[name=password]', 'certainly not this');
  await page.click('button[type=submit]');
  await page.waitForSelector('[role=alert]:has-text("Sai tên đăng nhập")');
  await signIn(page, url, accounts.learner);
  await page.waitForSelector('a.lecture-card');
});

inPage('a lecture goes on within a second of where it stopped', async (page, { url, lecture }) => {
  await openLecture(page, url, lecture);
  await page.click('.start-button');
  await watchUntil(page, 6);
  const { currentTime: stopped } = await mediaState(page);
  await page.reload();
  await page.waitForSelector('.start-button:has-text("Xem tiếp")');
  await until(page, hasPicture);
  const { currentTime: resumed, paused } = await mediaState(page);
  assert.ok(paused, 'a page that was opened directly waits for a tap');
  assert.ok(Math.abs(resumed - stopped) <= 1, `stopped at ${stopped}, resumed at ${resumed}`);
  await page.click('.start-button');
  await watchUntil(page, resumed + 1);
});

inPage('another device goes on where this one stopped', async (page, { url, lecture, accounts }) => {
  await openLecture(page, url, lecture);
  await page.click('.start-button');
  const { currentTime: from } = await mediaState(page);
  await watchUntil(page, from + 2);
  await page.click('.transport-play');
  const { currentTime: stopped } = await mediaState(page);
  await progressUntil(page, lecture, (progress) => Math.abs(progress.position_s - stopped) < 0.5);

  const other = await openBrowser(PHONE);
  try {
    await withPage(other.context, url, 'another device', async (second) => {
      await signIn(second, url, accounts.learner, `/lecture/${lecture}`);
      await second.waitForSelector('video');
      await until(second, hasPicture);
      const { currentTime: resumed } = await mediaState(second);
      /* it came by a tap within the app, so it may be playing already */
      assert.ok(resumed >= stopped - 1 && resumed <= stopped + 3, `stopped at ${stopped}, resumed at ${resumed}`);
    });
  } finally {
    await other.close();
  }
});

inPage('captions are shown to whoever asks for them, from then on', async (page, { url, lecture, double }) => {
  if (double) return; /* its package has none */
  const lines = () => [...document.querySelector('video').textTracks].flatMap(({ mode, activeCues }) =>
    mode === 'showing' ? [...(activeCues ?? [])].map((cue) => cue.text) : []);
  const isShown = () => [...document.querySelector('video').textTracks].some(({ mode, activeCues }) =>
    mode === 'showing' && activeCues?.[0]?.text === 'Xin chào');
  await openLecture(page, url, lecture);
  await page.click('.start-button');
  await until(page, isPlaying);
  assert.deepEqual(await page.evaluate(lines), []);
  await choose(page, 'Phụ đề', 'Tiếng Việt');
  await until(page, isShown);
  await page.reload();
  await page.click('.start-button');
  await until(page, isShown);
  await choose(page, 'Phụ đề', 'Tắt');
  assert.deepEqual(await page.evaluate(lines), []);
});

inPage('a lecture plays to its end and its heartbeats arrive', async (page, { url, lecture }) => {
  const answers = countBeats(page);
  await openLecture(page, url, lecture);
  const again = page.locator('button:has-text("Xem lại từ đầu")');
  await (await again.count() ? again.click() : page.click('.start-button'));
  await until(page, isPlaying);
  await choose(page, 'Tốc độ', '2×');
  await until(page, () => document.querySelector('video').ended, null, 200_000);
  const { currentTime, duration, playbackRate } = await mediaState(page);
  assert.ok(Math.abs(currentTime - duration) < 0.5);
  assert.equal(playbackRate, 2);
  const progress = await progressUntil(page, lecture, ({ completed }) => completed);
  assert.ok(progress.completed, JSON.stringify(progress));
  assert.ok(answers.length >= 2 && answers.every((status) => status === 204), `answers: ${answers}`);
  await page.waitForSelector('.seen-done');
});

inPage('what is watched without network is kept, and sent when it returns', async (page, { url, lecture }) => {
  await openLecture(page, url, lecture);
  await page.click('.start-button');
  await until(page, () => {
    const { buffered, currentTime } = document.querySelector('video');
    return buffered.length > 0 && buffered.end(buffered.length - 1) > currentTime + 8;
  });
  await page.context().setOffline(true);
  const { currentTime: cut } = await mediaState(page);
  await watchUntil(page, cut + 4);
  await page.click('.transport-play');
  await page.waitForSelector('.save-warn');
  const { currentTime: stopped } = await mediaState(page);
  await page.context().setOffline(false);
  const progress = await progressUntil(page, lecture, ({ position_s }) => Math.abs(position_s - stopped) < 0.5);
  assert.ok(Math.abs(progress.position_s - stopped) < 0.5, JSON.stringify({ progress, stopped }));
  await page.waitForSelector('.save-warn', { state: 'detached' });
});

inPage('beats that a closing page could not send go out with the next page', async (page, { url, lecture }) => {
  await page.route('**/api/v1/progress', (route) => route.abort());
  await openLecture(page, url, lecture);
  await page.click('.start-button');
  const { currentTime: from } = await mediaState(page);
  await watchUntil(page, from + 2);
  await page.click('.transport-play');
  const { currentTime: stopped } = await mediaState(page);
  await page.waitForTimeout(1000); /* the database of a busy browser takes its time */
  await page.goto('about:blank');
  await page.unroute('**/api/v1/progress');
  await page.goto(url);
  const progress = await progressUntil(page, lecture, ({ position_s }) => Math.abs(position_s - stopped) < 0.5);
  assert.ok(Math.abs(progress.position_s - stopped) < 0.5, JSON.stringify({ progress, stopped }));
});

inPage('dragging to the end earns nothing', async (page, { url, lecture }) => {
  const before = await page.goto(url).then(() => serverProgress(page, lecture));
  await openLecture(page, url, lecture);
  await page.click('.start-button');
  await until(page, isPlaying);
  await page.keyboard.press('9');
  await page.waitForTimeout(2_500);
  await page.click('.transport-play');
  const after = await progressUntil(page, lecture, ({ position_s }) => position_s > before.duration_s * 0.8);
  assert.ok(after.watched_s - before.watched_s <= 6, `${before.watched_s} s before, ${after.watched_s} s after`);
});

inPage('every way of watching plays, and sound only shows no picture', async (page, { url, lecture }) => {
  await openLecture(page, url, lecture);
  await page.click('.start-button');
  await until(page, isPlaying);
  await page.keyboard.press('0');
  for (const mode of ['Chỉ nghe tiếng', 'Tiết kiệm', 'Rõ nét', 'Tự động']) {
    await choose(page, 'Dữ liệu', mode);
    const { currentTime: from } = await mediaState(page);
    await watchUntil(page, from + 1.5);
    const { videoWidth } = await mediaState(page);
    assert.equal(videoWidth === 0, mode === 'Chỉ nghe tiếng', `${mode}: ${videoWidth} px wide`);
  }
});

inPage('slides are fetched when they are asked for, and are jumped to', async (page, { url }) => {
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const isAsked = (name) => asked.some((path) => path.includes(name));
  await openLecture(page, url, idOf('l1'));
  await page.click('.start-button');
  await until(page, isPlaying);
  assert.ok(!isAsked('slides.json') && !isAsked('storyboard'), `fetched before anybody asked: ${asked}`);
  await page.click('.slide-toggle');
  await page.waitForSelector('.slide >> nth=3');
  await page.waitForSelector('.slide .tile-picture');
  assert.ok(isAsked('storyboard-0.jpg') && !isAsked('storyboard.vtt'));
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `${overflow} px too wide`);
  await page.focus('.slide >> nth=2');
  await page.waitForSelector('.slide >> nth=2 >> .tile-picture');
  await page.keyboard.press('Enter');
  await watchUntil(page, 12.5);
  assert.equal(await page.getAttribute('.slide >> nth=2', 'aria-current'), 'true');
}, { needsDouble: true });

inPage('dragging the seek bar shows where it leads', async (page, { url, lecture }) => {
  await openLecture(page, url, lecture);
  await page.click('.start-button');
  await until(page, isPlaying);
  const bar = await page.locator('.seek-range').boundingBox();
  const at = (share) => [bar.x + bar.width * share, bar.y + bar.height / 2];
  await page.mouse.move(...at(0.2));
  await page.mouse.down();
  await page.mouse.move(...at(0.9), { steps: 6 });
  await page.waitForSelector('.seek-preview .tile-picture');
  const preview = await page.locator('.seek-preview').boundingBox();
  assert.ok(preview.x >= 0 && preview.x + preview.width <= 360 && preview.y + preview.height <= bar.y + 1);
  await page.mouse.up();
  await page.waitForSelector('.seek-preview', { state: 'detached' });
});

inPage('fullscreen shows the controls over the picture, and leaves the page as it was', async (page, { url, lecture }) => {
  const places = () =>
    page.evaluate(() => {
      const at = (selector) => document.querySelector(selector).getBoundingClientRect();
      const button = at('.option:last-child');
      const top = document.elementFromPoint(button.x + button.width / 2, button.y + button.height / 2);
      return { stage: at('.stage').toJSON(), isOnTop: top?.closest('.option') !== null };
    });
  await openLecture(page, url, lecture);
  const { stage: before } = await places();
  await page.click('.option:has-text("Toàn màn hình")');
  await page.waitForSelector('.player:fullscreen');
  const { stage: full, isOnTop } = await places();
  assert.ok(full.height > before.height && isOnTop, JSON.stringify({ full, isOnTop }));
  await page.click('.option:has-text("Thu nhỏ")');
  await page.waitForSelector('.player:not(:fullscreen)');
  assert.deepEqual((await places()).stage, before);
});

inPage('a stall is told in words, and a lighter way is offered', async (page, { url, lecture }) => {
  await openLecture(page, url, lecture);
  await page.route(/\.(m4s|mp4)(\?|$)/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    await route.continue().catch(() => undefined);
  });
  await page.click('.start-button');
  await page.keyboard.press('5');
  await page.waitForSelector('.stage-words:has-text("Mạng yếu")');
  await page.waitForSelector('.stall-help button:has-text("Chỉ nghe tiếng")');
  await page.unroute(/\.(m4s|mp4)(\?|$)/);
});

inPage('a lecture that is still being processed can be watched as it grows', async (page, { url, double }) => {
  await openLecture(page, url, idOf('growing'));
  await page.click('.start-button');
  await page.waitForSelector('.stage-words:has-text("đang xử lý")', { timeout: 30_000 });
  double.nGrown = 99;
  Object.assign(double.lectures.get(idOf('growing')), { state: 'ready' });
  await watchUntil(page, 9);
}, { needsDouble: true });

inPage('signing out forgets the person on this phone', async (page, { url }) => {
  await page.goto(url);
  await page.click('.person summary');
  await page.click('button:has-text("Đăng xuất")');
  await page.waitForSelector('.person-name:has-text("Đăng nhập")');
  const kept = await page.evaluate(() => Object.keys(localStorage).filter((key) => !key.includes('guest')));
  assert.deepEqual(kept.filter((key) => /cache|user/.test(key)), []);
});
