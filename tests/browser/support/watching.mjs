// SPDX-License-Identifier: GPL-3.0-or-later
/* What a learner does with a lecture, and what can be seen of it. */

export function mediaState(page) {
  return page.evaluate(() => {
    const { currentTime, duration, paused, ended, playbackRate, videoWidth } = document.querySelector('video');
    return { currentTime, duration, paused, ended, playbackRate, videoWidth };
  });
}

export async function openLecture(page, url, id) {
  await page.goto(`${url}/lecture/${id}`);
  await page.waitForSelector('.start-button');
}

/** Waits until check(argument) holds in the page. Playwright's own waitForFunction() needs eval,
 * which the pages' policy forbids. */
export async function until(page, check, argument = null, timeout_ms = 30_000) {
  const deadline = Date.now() + timeout_ms;
  while (!(await page.evaluate(check, argument))) {
    if (Date.now() > deadline) throw new Error(`never came true: ${check}`);
    await page.waitForTimeout(100);
  }
}

export const isPlaying = () => !document.querySelector('video').paused;
export const hasPicture = () => document.querySelector('video').readyState >= 2;

/** Waits until the lecture has played up to second. */
export async function watchUntil(page, second) {
  await until(page, (s) => document.querySelector('video').currentTime >= s, second, 60_000);
}

export async function choose(page, option, choice) {
  await page.click(`.option:has-text("${option}")`);
  await page.click(`[role=radio]:has-text("${choice}")`);
}

/** Collects the status of every heartbeat that the server answered. */
export function countBeats(page) {
  const answers = [];
  page.on('response', (response) => {
    if (response.url().endsWith('/api/v1/progress') && response.request().method() === 'POST') {
      answers.push(response.status());
    }
  });
  return answers;
}

/** What the server holds, asked with the page's session. */
export function serverProgress(page, id) {
  return page.evaluate(async (lecture) => (await fetch(`/api/v1/lectures/${lecture}/progress`)).json(), id);
}

/** Asks until check(progress) holds; gives the last answer. */
export async function progressUntil(page, id, check, timeout_ms = 10_000) {
  const deadline = Date.now() + timeout_ms;
  for (;;) {
    const progress = await serverProgress(page, id);
    if (check(progress) || Date.now() > deadline) return progress;
    await page.waitForTimeout(300);
  }
}
