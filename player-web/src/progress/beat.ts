// SPDX-License-Identifier: GPL-3.0-or-later
/* A beat: what one opened player tells about one stretch of time. Pure. */
import type { Beat as WireBeat, Range, Report } from '../app/types';
import { MAX_RANGES } from './recorder';
import { mergeRanges } from './watched_seconds';

export interface Beat {
  /** The opened player: 32 hex digits; seq counts its beats from 0. */
  session: string;
  seq: number;
  /** Whose progress it is: a phone is shared, and beats outlive a sign-out. */
  user: string;
  lecture: string;
  watched: Range[];
  position_s: number;
  made_at_ms: number;
  /** How many pages the server has told that it knows no such lecture. */
  n_unknown?: number;
}

/** Beats in one request: about 10 KB, 1.5 s on a 64 kbit/s link. */
export const MAX_BATCH = 100;

/** Intervals in one request, of all its beats; the server takes 400. */
export const MAX_BATCH_RANGES = 300;

/** Beats kept for one person: 35 hours of watching without any network, about 1 MB. */
export const MAX_WAITING = 8_000;

export function newSession(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Session by session, each in order. Sessions need no order among themselves: what they say merges. */
export function inOrder(a: Beat, b: Beat): number {
  if (a.session === b.session) return a.seq - b.seq;
  return a.session < b.session ? -1 : 1;
}

/** The first beats that fit one request: of one session, in order. */
export function firstBatch(beats: readonly Beat[], limit = MAX_BATCH): Beat[] {
  const batch: Beat[] = [];
  let n_ranges = 0;
  for (const beat of beats) {
    n_ranges += beat.watched.length;
    const isFull = batch.length >= limit || n_ranges > MAX_BATCH_RANGES;
    if (batch.length > 0 && (isFull || beat.session !== batch[0]?.session)) break;
    batch.push(beat);
  }
  return batch;
}

/** What tells one beat from another. */
export function beatKey(beat: Beat): string {
  return `${beat.session}/${beat.seq}`;
}

export function toWire({ lecture, seq, watched, position_s }: Beat): WireBeat {
  return { lecture, seq, watched, position_s };
}

export function requestBody(batch: readonly Beat[]): Report {
  return { session: batch[0]?.session ?? '', beats: batch.map(toWire) };
}

/** One beat that says what two of the same session said, the later one second; null when it would
 * hold more ranges than a beat may. */
export function joinBeats(earlier: Beat, later: Beat): Beat | null {
  const watched = mergeRanges([...earlier.watched, ...later.watched]);
  return watched.length > MAX_RANGES ? null : { ...later, watched };
}
