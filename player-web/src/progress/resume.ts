// SPDX-License-Identifier: GPL-3.0-or-later
/* Where a lecture goes on, and what is seen of it: the server's answer together with what this phone
 * has not been able to tell it yet. Pure. */
import type { Progress, Range } from '../app/types';
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

/** What this phone remembers of the position, and when it saw it there. */
export interface OwnPlace {
  position_s: number;
  at_ms: number;
}

/** Whether the server will go by this beat's position when it has it. It says which beat its own
 * position is from: within a session the higher seq is newer. A session of which the first beat is
 * still unsent is one that the server has not heard of, and so will be the latest; of any other one it
 * has heard, and of a later one since. A beat that was refused for a while may be an old one. */
function isNewer(beat: Beat, progress: Progress, unsent: readonly Beat[]): boolean {
  if (!progress.session) return true;
  if (beat.session === progress.session) return beat.seq > (progress.seq ?? -1);
  return unsent.some(({ session, seq }) => session === beat.session && seq === 0);
}

function later(a: Beat, b: Beat): Beat {
  const isLater = a.session === b.session ? a.seq > b.seq : a.made_at_ms > b.made_at_ms;
  return isLater ? a : b;
}

/** The newest position of the phone's own beats, which the server cannot know, else the server's; what
 * the phone remembers when the server does not answer. */
export function resumePosition(
  progress: Progress | null,
  unsent: readonly Beat[],
  own: OwnPlace | null = null,
): number | null {
  const candidates = progress ? unsent.filter((beat) => isNewer(beat, progress, unsent)) : unsent;
  const newest = candidates.reduce<Beat | null>((best, beat) => (best ? later(best, beat) : beat), null);
  if (progress) return newest?.position_s ?? progress.position_s;
  const isOwnLater = own !== null && (newest === null || own.at_ms > newest.made_at_ms);
  return isOwnLater ? own.position_s : (newest?.position_s ?? null);
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
