// SPDX-License-Identifier: GPL-3.0-or-later
/* Beats that the server has refused as too soon: they claim more than there was time for up to now,
 * as after hours without a network. They count later, a piece at a time. Pure: "now" is an argument,
 * of a clock that does not jump. */
import type { Range } from '../app/types';
import type { Beat } from './beat';

/** In which the server lets about half a minute count. */
const PAUSE_MS = 15_000;
const MAX_PAUSE_MS = 120_000;

/** A piece is never shorter. */
const MIN_PIECE_S = 5;

interface Held {
  due_ms: number;
  pause_ms: number;
  /** The longest piece that is tried next. */
  limit_s: number;
}

function length_s(watched: readonly Range[]): number {
  return watched.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** The first limit_s seconds of what was played, cut between two whole seconds, and what is left. */
export function cutRanges(watched: readonly Range[], limit_s: number): { piece: Range[]; rest: Range[] } {
  const piece: Range[] = [];
  const rest: Range[] = [];
  let left_s = limit_s;
  for (const [from, to] of watched) {
    const cut = to - from <= left_s ? to : Math.max(from, Math.floor(from + Math.max(0, left_s)));
    if (cut > from) piece.push([from, cut]);
    if (cut < to) rest.push([cut, to]);
    left_s = cut < to ? 0 : left_s - (to - from);
  }
  return { piece, rest };
}

export class HeldBeats {
  private readonly held = new Map<string, Held>();

  get size(): number {
    return this.held.size;
  }

  /** The server has refused this piece of it. */
  hold(key: string, piece: Beat, now_ms: number): void {
    const before = this.held.get(key);
    const limit_s = Math.max(MIN_PIECE_S, Math.floor(length_s(piece.watched) / 2));
    const isShortest = before?.limit_s === MIN_PIECE_S;
    const pause_ms = isShortest ? Math.min(before.pause_ms * 2, MAX_PAUSE_MS) : PAUSE_MS;
    this.held.set(key, { due_ms: now_ms + pause_ms, pause_ms, limit_s });
  }

  /** A piece has counted: one twice as long may be tried at once. */
  release(key: string): void {
    const held = this.held.get(key);
    if (held) this.held.set(key, { due_ms: 0, pause_ms: PAUSE_MS, limit_s: held.limit_s * 2 });
  }

  forget(key: string): void {
    this.held.delete(key);
  }

  isDue(key: string, now_ms: number): boolean {
    return (this.held.get(key)?.due_ms ?? 0) <= now_ms;
  }

  /** What of the beat is to be sent next, and what after it; null for all of it. */
  cut(key: string, beat: Beat): { piece: Range[]; rest: Range[] } | null {
    const limit_s = this.held.get(key)?.limit_s;
    if (limit_s === undefined || length_s(beat.watched) <= limit_s) return null;
    return cutRanges(beat.watched, limit_s);
  }

  /** Forgets all others: their beats are gone. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.held.keys()) if (!keys.has(key)) this.held.delete(key);
  }

  /** Milliseconds until the next is due; null when none is held. */
  nextIn(now_ms: number): number | null {
    const dues = [...this.held.values()].map(({ due_ms }) => due_ms);
    return dues.length > 0 ? Math.max(0, Math.min(...dues) - now_ms) : null;
  }
}
