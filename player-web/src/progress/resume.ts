// SPDX-License-Identifier: GPL-3.0-or-later
/* Where a lecture goes on, and what is seen of it: the server's answer together with what this phone
 * has not been able to tell it yet. Pure. */
import type { Progress, Range } from '../common/types';
import type { Beat } from './beat';
import {
  countSeconds,
  coveragePermille,
  isComplete,
  nSeconds,
  secondsFromPlayed,
  unionBits,
  withSeconds,
} from './watched_seconds';

/* Someone who stopped in the last seconds has finished; the next visit starts over. */
const END_S = 8;

export interface Seen {
  bits: Uint8Array;
  duration_s: number;
  coverage_permille: number;
  completed: boolean;
}

/** The newest position of the phone's own beats, which the server cannot know, else the server's. */
export function resumePosition(progress: Progress | null, unsent: readonly Beat[]): number | null {
  const newest = unsent.reduce<Beat | null>(
    (best, beat) => (best === null || beat.made_at_ms >= best.made_at_ms ? beat : best),
    null,
  );
  return newest?.position_s ?? progress?.position_s ?? null;
}

/** Where to start playing. */
export function startPosition(position_s: number | null, duration_s: number | null): number {
  if (position_s === null || position_s < 1) return 0;
  if (duration_s !== null && position_s > duration_s - END_S) return 0;
  return position_s;
}

function summary(bits: Uint8Array, duration_s: number, wasCompleted: boolean): Seen {
  const watched_s = countSeconds(bits);
  const seconds = nSeconds(duration_s * 1e6);
  return {
    bits,
    duration_s,
    coverage_permille: coveragePermille(watched_s, seconds),
    completed: wasCompleted || isComplete(watched_s, seconds),
  };
}

function playedBits(played: readonly Range[], duration_s: number): Uint8Array {
  const played_ms = played.map(([from, to]): Range => [Math.round(from * 1000), Math.round(to * 1000)]);
  return secondsFromPlayed(played_ms, duration_s * 1e6) ?? new Uint8Array(0);
}

/** What the server knows, and what the phone has yet to tell it. */
export function seenFrom(progress: Progress | null, unsent: readonly Beat[], duration_s: number): Seen {
  const known = withSeconds(new Uint8Array(0), progress?.watched ?? [], nSeconds(duration_s * 1e6));
  const bits = unsent.reduce((sum, beat) => unionBits(sum, playedBits(beat.watched, duration_s)), known);
  return summary(bits, duration_s, progress?.completed ?? false);
}

export function seenMore(seen: Seen, played: readonly Range[]): Seen {
  const bits = unionBits(seen.bits, playedBits(played, seen.duration_s));
  return summary(bits, seen.duration_s, seen.completed);
}
