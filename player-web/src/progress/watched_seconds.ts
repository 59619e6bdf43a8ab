// SPDX-License-Identifier: GPL-3.0-or-later
/* Watch progress as a value, with the same meaning as storage/hot/watched_seconds.h: one bit is one
 * second of the lecture, second i is bit i counted from the most significant bit of byte 0 (as
 * Redis numbers bits), and a bitmap never ends in a zero byte, so equal sets are equal bytes.
 * States merge by union, and the position of the later writer wins, so merging is commutative,
 * associative and idempotent. Pure; both sides read tests/vectors/watched_seconds.json. */
import type { Range } from '../app/types';

export interface WatchedState {
  readonly bits: Uint8Array;
  readonly position_ms: number;
  /** Of the session that said so, counted by the server; seq counts its beats. */
  readonly order: number;
  readonly seq: number;
}

/** Distinct seconds, out of a thousand, from which a lecture counts as completed. */
export const COMPLETE_PERMILLE = 900;

const MAX_S = 24 * 3600; /* the longest lecture */

/** Seconds of a lecture: its duration rounded up. */
export function nSeconds(duration_us: number): number {
  return Math.min(MAX_S, Math.max(0, Math.ceil(duration_us / 1e6)));
}

function canonical(bits: Uint8Array): Uint8Array {
  let end = bits.length;
  while (end > 0 && bits[end - 1] === 0) end--;
  return bits.subarray(0, end);
}

/** The union of two sets of seconds. */
export function unionBits(a: Uint8Array, b: Uint8Array): Uint8Array {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const union = long.slice();
  short.forEach((byte, i) => {
    union[i] = (union[i] ?? 0) | byte;
  });
  return canonical(union);
}

function isLater(a: WatchedState, b: WatchedState): boolean {
  if (a.order !== b.order) return a.order > b.order;
  if (a.seq !== b.seq) return a.seq > b.seq;
  return a.position_ms >= b.position_ms;
}

export function mergeWatched(a: WatchedState, b: WatchedState): WatchedState {
  const { position_ms, order, seq } = isLater(a, b) ? a : b;
  return { bits: unionBits(a.bits, b.bits), position_ms, order, seq };
}

/** Adds whole seconds [from, to), cut to [0, end_s). */
export function withSeconds(bits: Uint8Array, ranges_s: readonly Range[], end_s: number): Uint8Array {
  const set = new Uint8Array(Math.max(bits.length, Math.ceil(end_s / 8)));
  set.set(bits);
  for (const [from, to] of ranges_s) {
    for (let second = Math.max(0, from); second < Math.min(to, end_s); second++) {
      set[second >> 3] = (set[second >> 3] ?? 0) | (0x80 >> (second & 7));
    }
  }
  return canonical(set);
}

function isSet(bits: Uint8Array, second: number): boolean {
  return ((bits[second >> 3] ?? 0) & (0x80 >> (second & 7))) !== 0;
}

/** The set as ranges [from, to) in order that neither touch nor overlap. */
export function secondRanges(bits: Uint8Array): Range[] {
  const ranges: Range[] = [];
  let from = -1;
  for (let second = 0; second <= bits.length * 8; second++) {
    const isIn = isSet(bits, second);
    if (isIn && from < 0) from = second;
    if (!isIn && from >= 0) {
      ranges.push([from, second]);
      from = -1;
    }
  }
  return ranges;
}

/** Sorted, joined where they touch. */
export function mergeRanges(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const merged: Range[] = [];
  for (const [from, to] of sorted) {
    const last = merged[merged.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

const isValid = ([from, to]: Range): boolean => from >= 0 && to >= from;

/** The seconds of which at least half was played, in one piece or several; of a lecture's short last
 * second, half of what there is. null when a piece ends before it starts or starts before 0. */
export function secondsFromPlayed(played_ms: readonly Range[], duration_us: number): Uint8Array | null {
  if (!played_ms.every(isValid)) return null;
  const end_s = nSeconds(duration_us);
  const duration_ms = duration_us / 1000;
  const heard_ms = new Float64Array(end_s); /* of each second */

  for (const [from, to] of mergeRanges(played_ms)) {
    const last_ms = Math.min(to, duration_ms, end_s * 1000);
    for (let second = Math.floor(from / 1000); second * 1000 < last_ms; second++) {
      const part = Math.min(last_ms, second * 1000 + 1000) - Math.max(from, second * 1000);
      heard_ms[second] = (heard_ms[second] ?? 0) + part;
    }
  }

  const seconds = Array.from(heard_ms, (heard, second): Range => {
    const whole_ms = Math.min(1000, duration_ms - second * 1000);
    return [second, heard > 0 && heard * 2 >= whole_ms ? second + 1 : second];
  });
  return withSeconds(new Uint8Array(0), seconds, end_s);
}

export function countSeconds(bits: Uint8Array): number {
  let n = 0;
  for (let byte of bits) {
    for (; byte !== 0; byte &= byte - 1) n++;
  }
  return n;
}

/** In thousandths, rounded down, at most 1000. */
export function coveragePermille(watched_s: number, n_seconds: number): number {
  if (n_seconds <= 0) return 0;
  return Math.min(1000, Math.floor((watched_s * 1000) / n_seconds));
}

export function isComplete(watched_s: number, n_seconds: number, threshold_permille = COMPLETE_PERMILLE): boolean {
  return n_seconds > 0 && watched_s * 1000 >= n_seconds * threshold_permille;
}
