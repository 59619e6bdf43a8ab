// SPDX-License-Identifier: GPL-3.0-or-later
/* Watch progress as a value, with the same meaning as storage/watched_seconds.h: one bit is one
 * second of the lecture, second i is bit i counted from the most significant bit of byte 0 (as
 * Redis numbers bits). States merge by union, and the position of the later writer wins, so merging
 * is commutative, associative and idempotent. Pure; both sides read tests/vectors/. */
import type { Range } from '../common/types';

export interface WatchedState {
  readonly bits: Uint8Array;
  readonly position_ms: number;
  readonly position_at_ms: number;
}

export const NOTHING_WATCHED: WatchedState = {
  bits: new Uint8Array(0),
  position_ms: 0,
  position_at_ms: 0,
};

/** Distinct seconds, out of a thousand, from which a lecture counts as completed. */
export const COMPLETE_PERMILLE = 900;

function isSet(bits: Uint8Array, second: number): boolean {
  return ((bits[second >> 3] ?? 0) & (0x80 >> (second & 7))) !== 0;
}

/** The union of two sets of seconds, as long as the longer one. */
export function unionBits(a: Uint8Array, b: Uint8Array): Uint8Array {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const union = long.slice();
  short.forEach((byte, i) => {
    union[i] = (union[i] ?? 0) | byte;
  });
  return union;
}

function isLater(a: WatchedState, b: WatchedState): boolean {
  if (a.position_at_ms !== b.position_at_ms) return a.position_at_ms > b.position_at_ms;
  return a.position_ms >= b.position_ms;
}

export function mergeWatched(a: WatchedState, b: WatchedState): WatchedState {
  const winner = isLater(a, b) ? a : b;
  return {
    bits: unionBits(a.bits, b.bits),
    position_ms: winner.position_ms,
    position_at_ms: winner.position_at_ms,
  };
}

/** Sets the seconds [from_s, to_s), cut to [0, duration_s). Returns a new set. */
export function withSeconds(bits: Uint8Array, from_s: number, to_s: number, duration_s: number): Uint8Array {
  const from = Math.max(0, from_s);
  const to = Math.min(to_s, duration_s);
  if (from >= to) return bits;

  const set = new Uint8Array(Math.max(bits.length, Math.ceil(to / 8)));
  set.set(bits);
  for (let second = from; second < to; second++) {
    set[second >> 3] = (set[second >> 3] ?? 0) | (0x80 >> (second & 7));
  }
  return set;
}

/** The seconds of which at least half lies within the played time [from_ms, to_ms). */
export function secondsOfPlayed(from_ms: number, to_ms: number): Range {
  return [Math.floor((from_ms + 500) / 1000), Math.floor((to_ms + 500) / 1000)];
}

/** Adds played time in media seconds with fractions, as a beat carries it. */
export function withPlayed(bits: Uint8Array, played: readonly Range[], duration_s: number): Uint8Array {
  const whole = Math.ceil(duration_s);
  return played.reduce((sum, [from_s, to_s]) => {
    const [from, to] = secondsOfPlayed(Math.round(from_s * 1000), Math.round(to_s * 1000));
    return withSeconds(sum, from, to, whole);
  }, bits);
}

export function countSeconds(bits: Uint8Array): number {
  let n = 0;
  for (let byte of bits) {
    for (; byte !== 0; byte &= byte - 1) n++;
  }
  return n;
}

/** The set as sorted ranges [from, to) that neither touch nor overlap. */
export function secondRanges(bits: Uint8Array): Range[] {
  const ranges: Range[] = [];
  let from = -1;
  for (let second = 0; second <= bits.length * 8; second++) {
    const isIn = second < bits.length * 8 && isSet(bits, second);
    if (isIn && from < 0) from = second;
    if (!isIn && from >= 0) {
      ranges.push([from, second]);
      from = -1;
    }
  }
  return ranges;
}

/** Seconds watched out of duration_s, in thousandths, rounded down, at most 1000. */
export function coveragePermille(watched_s: number, duration_s: number): number {
  if (duration_s <= 0) return 0;
  return Math.min(1000, Math.floor((watched_s * 1000) / duration_s));
}

export function isComplete(watched_s: number, duration_s: number, thresholdPermille = COMPLETE_PERMILLE): boolean {
  return duration_s > 0 && coveragePermille(watched_s, duration_s) >= thresholdPermille;
}
