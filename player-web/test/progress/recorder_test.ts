// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { MAX_RANGES, WatchRecorder } from '../../src/progress/recorder';

/** Plays on from `from` to `to` with four reports a second; returns the clock afterwards. */
function play(recorder: WatchRecorder, from: number, to: number, now_ms: number, rate = 1): number {
  for (let s = from; s < to; s += 0.25 * rate) {
    recorder.progressed(s, now_ms);
    now_ms += 250;
  }
  recorder.progressed(to, now_ms);
  return now_ms;
}

describe('recorder', () => {
  it('records what is played', () => {
    const recorder = new WatchRecorder();
    play(recorder, 0, 12, 0);
    expect(recorder.take()).toEqual([[0, 12]]);
  });

  it('records nothing of what is skipped by seeking', () => {
    const recorder = new WatchRecorder();
    const now = play(recorder, 0, 5, 0);
    recorder.sought();
    play(recorder, 500, 504, now);
    expect(recorder.take()).toEqual([[0, 5], [500, 504]]);
  });

  it('takes a position that outran the clock for a jump', () => {
    const recorder = new WatchRecorder();
    recorder.progressed(0, 0);
    recorder.progressed(0.25, 250);
    recorder.progressed(599, 500);
    recorder.progressed(599.25, 750);
    expect(recorder.take()).toEqual([[0, 0.25], [599, 599.25]]);
  });

  it('allows for the speed', () => {
    const recorder = new WatchRecorder();
    recorder.rateChanged(2, 0, 0);
    play(recorder, 0, 20, 0, 2);
    expect(recorder.take()).toEqual([[0, 20]]);
  });

  it('follows reports that come rarely, as in a page behind others', () => {
    const recorder = new WatchRecorder();
    recorder.progressed(10, 0);
    recorder.progressed(70, 60_000);
    expect(recorder.take()).toEqual([[10, 70]]);
  });

  it('does not count a pause', () => {
    const recorder = new WatchRecorder();
    let now = play(recorder, 0, 3, 0);
    recorder.stopped(3.1, now + 100);
    now += 60_000;
    play(recorder, 3.1, 5, now);
    expect(recorder.take()).toEqual([[0, 5]]);
  });

  it('starts a new interval when playing goes back', () => {
    const recorder = new WatchRecorder();
    const now = play(recorder, 20, 25, 0);
    play(recorder, 10, 12, now);
    expect(recorder.take()).toEqual([[10, 12], [20, 25]]);
  });

  it('loses no second that a beat cuts in the middle', () => {
    const recorder = new WatchRecorder();
    let now = play(recorder, 0, 4.25, 0);
    expect(recorder.take()).toEqual([[0, 4.25]]);
    now = play(recorder, 4.25, 4.5, now);
    expect(recorder.take()).toEqual([[4, 4.5]]);
    play(recorder, 4.5, 6, now);
    expect(recorder.take()).toEqual([[4, 6]]);
  });

  it('gives everything only once', () => {
    const recorder = new WatchRecorder();
    const now = play(recorder, 0, 5, 0);
    recorder.stopped(5, now);
    expect(recorder.hasPlayed()).toBe(true);
    recorder.take();
    expect(recorder.hasPlayed()).toBe(false);
    expect(recorder.take()).toEqual([]);
  });

  it('leaves what a beat cannot hold to the next one', () => {
    const recorder = new WatchRecorder();
    for (let i = 0; i < 40; i++) {
      play(recorder, i * 10, i * 10 + 1, i * 10_000);
      recorder.sought();
    }
    expect(recorder.take()).toHaveLength(MAX_RANGES);
    expect(recorder.hasPlayed()).toBe(true);
    expect(recorder.take()).toHaveLength(8);
  });
});
