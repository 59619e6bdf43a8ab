// SPDX-License-Identifier: GPL-3.0-or-later
/* What is done with a media element and seen of it, in a browser that is driven by goto() and run().
 * The functions that run in the page are texts to the drivers: they stand alone. */
import assert from 'node:assert/strict';

/* Between ranges that were loaded apart there is a segment, of 2 s at least; less is a hole. */
const HOLE_S = 1.5;
const PLAYED_S = 1.2;

/* The pages build their element anew in places: events are caught on their way down. */
export const watchMedia = () => {
  const seen = { waits: 0, errors: [] };
  window.seen = seen;
  performance.setResourceTimingBufferSize(5_000);
  document.addEventListener('waiting', () => void seen.waits++, true);
  const onError = ({ target }) => {
    if (target instanceof HTMLMediaElement) seen.errors.push(`media: ${target.error?.message}`);
  };
  document.addEventListener('error', onError, true);
};

export const lookAtMedia = () => {
  const video = document.querySelector('video');
  if (!video) return null;
  const ranges = Array.from({ length: video.buffered.length }, (_, i) => [video.buffered.start(i), video.buffered.end(i)]);
  const loads = {};
  for (const { name } of performance.getEntriesByType('resource')) {
    const path = /[\w-]+\/\d+\.m4s/.exec(name)?.[0];
    if (path) loads[path] = (loads[path] ?? 0) + 1;
  }
  return {
    currentTime: video.currentTime,
    duration: video.duration,
    width: video.videoWidth,
    isPaused: video.paused,
    ranges,
    loads,
    ...window.seen,
  };
};

export const goTo = (position_s) => {
  document.querySelector('video').currentTime = position_s;
};

async function until(browser, what, check, patience_ms = 60_000) {
  const deadline = Date.now() + patience_ms;
  for (;;) {
    const state = await browser.run(lookAtMedia);
    if (state && check(state)) return state;
    if (Date.now() > deadline) throw new Error(`${browser.name} waits for ${what}: ${JSON.stringify(state)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function holesOf({ ranges }) {
  return ranges.slice(1).map(([start], i) => [ranges[i][1], start]).filter(([end, start]) => start - end < HOLE_S);
}

/** Plays on from position_s, and holds what is buffered then to have no holes. */
export async function playFrom(browser, position_s) {
  const played = ({ currentTime }) => currentTime >= position_s + PLAYED_S && currentTime < position_s + 30;
  const state = await until(browser, `${position_s} s to be played`, played);
  assert.ok(state.currentTime < position_s + 15, `${browser.name} went on at ${state.currentTime}, not at ${position_s}`);
  assert.deepEqual(holesOf(state), [], `${browser.name} at ${position_s} s`);
  assert.ok(state.width > 0, 'there is a picture');
  return state;
}

/** Holds the whole visit to what a learner on a weak link can bear. */
export async function checkVisit(browser, nSeeks) {
  const { waits, errors, loads } = await browser.run(lookAtMedia);
  assert.deepEqual(errors, [], browser.name);
  const often = Object.entries(loads).filter(([, n]) => n > 2);
  assert.deepEqual(often, [], `${browser.name} loaded segments more than twice`);
  assert.ok(Object.keys(loads).length > 2, `${browser.name} loaded ${JSON.stringify(loads)}`);
  assert.ok(waits <= 2 * (nSeeks + 1), `${browser.name} waited ${waits} times`);
}
