// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Beat } from '../../src/progress/beat';
import { ProgressTracker } from '../../src/progress/tracker';

/** A media element whose clock the test turns. */
class FakeMedia extends EventTarget {
  currentTime = 0;
  playbackRate = 1;
  paused = true;
  seeking = false;
  readyState = 4;

  fire(type: string): void {
    this.dispatchEvent(new Event(type));
  }

  play(): void {
    this.paused = false;
    this.fire('playing');
  }

  pause(): void {
    this.paused = true;
    this.fire('pause');
  }

  /** Plays on for some seconds of wall time. */
  run(seconds: number): void {
    for (let quarter = 0; quarter < seconds * 4; quarter++) {
      vi.advanceTimersByTime(250);
      this.currentTime += 0.25 * this.playbackRate;
      this.fire('timeupdate');
    }
  }

  seek(to: number): void {
    this.seeking = true;
    this.currentTime = to;
    this.fire('seeking');
    this.seeking = false;
    this.fire('seeked');
  }
}

let media: FakeMedia;
let tracker: ProgressTracker;
let beats: Beat[];
let hidden: Beat[];

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  media = new FakeMedia();
  beats = [];
  hidden = [];
  tracker = new ProgressTracker({
    media: media as unknown as HTMLMediaElement,
    sender: {
      add: async (beat) => void beats.push(beat),
      addOnHide: (beat) => void hidden.push(beat),
    },
    user: 'u',
    lecture: 'l',
  });
});

afterEach(() => {
  tracker.destroy();
  vi.useRealTimers();
});

describe('progress tracker', () => {
  it('says that the page is open, where the learner left off', () => {
    tracker.opened(312.5);
    expect(beats).toMatchObject([{ seq: 0, watched: [], position_s: 312.5, lecture: 'l', user: 'u' }]);
  });

  it('makes a beat every 15 s of playing and none while paused', () => {
    tracker.opened(0);
    media.play();
    media.run(31);
    expect(beats).toHaveLength(3);
    media.pause();
    expect(beats).toHaveLength(4);
    vi.advanceTimersByTime(120_000);
    expect(beats).toHaveLength(4);
    expect(beats.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    expect(new Set(beats.map(({ session }) => session)).size).toBe(1);
  });

  it('covers all that was played, without a gap between beats', () => {
    media.play();
    media.run(31);
    media.pause();
    const [first, ...rest] = beats.flatMap(({ watched }) => watched);
    let end = first?.[1] ?? 0;
    for (const [from, to] of rest) {
      expect(from).toBeLessThanOrEqual(end);
      end = to;
    }
    expect([first?.[0], end]).toEqual([0, 31]);
  });

  it('makes one beat after many seeks, with the new place', () => {
    tracker.opened(0);
    media.play();
    media.run(3);
    for (const to of [100, 200, 300]) media.seek(to);
    vi.advanceTimersByTime(2_000);
    expect(beats).toHaveLength(2);
    expect(beats[1]).toMatchObject({ watched: [[0, 3]], position_s: 300 });
  });

  it('gives the last beat away at once when the page is hidden', () => {
    media.play();
    media.run(4);
    window.dispatchEvent(new Event('pagehide'));
    expect(hidden).toMatchObject([{ watched: [[0, 4]], position_s: 4 }]);
    window.dispatchEvent(new Event('pagehide'));
    expect(hidden).toHaveLength(1);
  });

  it('does not overwrite an unknown position with the beginning', () => {
    media.currentTime = 0;
    window.dispatchEvent(new Event('pagehide'));
    media.seek(50);
    vi.advanceTimersByTime(5_000);
    expect([...beats, ...hidden]).toEqual([]);
    media.play();
    media.run(16);
    expect(beats).toHaveLength(1);
  });

  it('counts faster playing as media time', () => {
    media.playbackRate = 2;
    media.fire('ratechange');
    media.play();
    media.run(5);
    media.pause();
    expect(beats.flatMap(({ watched }) => watched)).toEqual([[0, 10]]);
  });

  it('does not count a stall', () => {
    media.play();
    media.run(2);
    media.fire('waiting');
    vi.advanceTimersByTime(9_000);
    media.fire('playing');
    media.run(2);
    media.pause();
    expect(beats.flatMap(({ watched }) => watched)).toEqual([[0, 4]]);
  });

  it('is silent after its end', () => {
    tracker.destroy();
    media.play();
    media.run(20);
    expect([...beats, ...hidden]).toEqual([]);
  });
});
