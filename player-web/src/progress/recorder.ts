// SPDX-License-Identifier: GPL-3.0-or-later
/* Turns what a media element reports into the intervals that were really played.
 *
 *            started / progressed            paused / sought / stalled / taken
 *    idle ─────────────────────────▶ playing ────────────────────────────────▶ idle
 *
 * A position that moved further than the clock allows was a jump, not playing: dragging to the end
 * earns nothing. Pure: "now" and positions are arguments; media time is in seconds. */
import type { Range } from '../app/types';
import { mergeRanges } from './watched_seconds';

/* A report may lie about this much ahead of the wall clock: timers and media clocks differ, and a
 * player steps over small holes by itself. */
const SLACK_S = 0.75;

/** The server takes no more in one beat; fifteen seconds make one or two. */
export const MAX_RANGES = 32;

/* Shorter pieces are noise of seeking. */
const MIN_PIECE_S = 0.05;

function roundToMs(range: Range): Range {
  return [Math.round(range[0] * 1000) / 1000, Math.round(range[1] * 1000) / 1000];
}

export class WatchRecorder {
  private done: Range[] = [];
  private open: { from_s: number; to_s: number; at_ms: number } | null = null;
  private rate = 1;

  /** Playing runs on, or begins, at position. Call it on "playing" and "timeupdate". */
  progressed(position_s: number, now_ms: number): void {
    const { open } = this;
    if (!open) {
      this.open = { from_s: position_s, to_s: position_s, at_ms: now_ms };
      return;
    }
    const step_s = position_s - open.to_s;
    const possible_s = ((now_ms - open.at_ms) / 1000) * this.rate + SLACK_S;
    if (step_s < 0 || step_s > possible_s) {
      this.close();
      this.open = { from_s: position_s, to_s: position_s, at_ms: now_ms };
      return;
    }
    open.to_s = position_s;
    open.at_ms = now_ms;
  }

  /** Playing stops at position: pause, end or stall. */
  stopped(position_s: number, now_ms: number): void {
    if (!this.open) return;
    this.progressed(position_s, now_ms);
    this.close();
  }

  /** The position is about to jump; where to does not matter. */
  sought(): void {
    this.close();
  }

  /** The speed changes from now on. */
  rateChanged(rate: number, position_s: number, now_ms: number): void {
    if (this.open) this.progressed(position_s, now_ms);
    this.rate = rate;
  }

  /** True when there is something that take() would give. */
  hasPlayed(): boolean {
    const { open } = this;
    return this.done.length > 0 || (open !== null && open.to_s - open.from_s >= MIN_PIECE_S);
  }

  /** Hands over what was played since the last call, at most MAX_RANGES; what is left over comes with
   * the next call. The interval under way goes on from the start
   * of its last second: cut in the middle, neither half of that second might count. */
  take(): Range[] {
    const { open } = this;
    const ranges = [...this.done];
    if (open && open.to_s - open.from_s >= MIN_PIECE_S) {
      ranges.push([open.from_s, open.to_s]);
      open.from_s = Math.max(open.from_s, Math.floor(open.to_s));
    }
    const merged = mergeRanges(ranges);
    this.done = merged.slice(MAX_RANGES);
    return merged.slice(0, MAX_RANGES).map(roundToMs);
  }

  private close(): void {
    const { open } = this;
    this.open = null;
    if (open && open.to_s - open.from_s >= MIN_PIECE_S) this.done.push([open.from_s, open.to_s]);
  }
}
