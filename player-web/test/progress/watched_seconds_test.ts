// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
/* Reads the vectors that storage's tests in C read: tests/vectors/README.md explains them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Range } from '../../src/app/types';
import {
  countSeconds,
  coveragePermille,
  isComplete,
  mergeRanges,
  mergeWatched,
  nSeconds,
  secondRanges,
  secondsFromPlayed,
  withSeconds,
  type WatchedState,
} from '../../src/progress/watched_seconds';

interface StateVector {
  watched: string;
  position_ms: number;
  order: number;
  seq: number;
}

interface Vectors {
  merge: { name: string; a: StateVector; b: StateVector; merged: StateVector }[];
  played: {
    name: string;
    duration_us: number;
    played_ms: Range[];
    seconds: Range[];
    watched: string;
    count: number;
  }[];
  refused: { name: string; duration_us: number; played_ms: Range[] }[];
  coverage: {
    name: string;
    count: number;
    n_seconds: number;
    threshold_permille: number;
    coverage_permille: number;
    is_complete: boolean;
  }[];
  n_seconds: { duration_us: number; n_seconds: number }[];
}

const file = resolve(__dirname, '../../../tests/vectors/watched_seconds.json');
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bits: Uint8Array): string => Buffer.from(bits).toString('hex');
const toState = ({ watched, ...rest }: StateVector): WatchedState => ({ ...rest, bits: fromHex(watched) });
const toVector = ({ bits, ...rest }: WatchedState): StateVector => ({ ...rest, watched: toHex(bits) });

describe('vectors of watched seconds', () => {
  it('are of the kinds this test knows', () => {
    expect(Object.keys(vectors).sort()).toEqual(['coverage', 'merge', 'n_seconds', 'played', 'refused']);
    expect(vectors.merge.length).toBeGreaterThan(5);
    expect(vectors.played.length).toBeGreaterThan(5);
  });

  it.each(vectors.merge)('merge: $name', ({ a, b, merged }) => {
    expect(toVector(mergeWatched(toState(a), toState(b)))).toEqual(merged);
    expect(toVector(mergeWatched(toState(b), toState(a)))).toEqual(merged);
    expect(toVector(mergeWatched(toState(merged), toState(a)))).toEqual(merged);
    expect(toVector(mergeWatched(toState(b), toState(merged)))).toEqual(merged);
  });

  it.each(vectors.played)('played: $name', ({ played_ms, duration_us, seconds, watched, count }) => {
    const bits = secondsFromPlayed(played_ms, duration_us) ?? new Uint8Array(0);
    expect(toHex(bits)).toBe(watched);
    expect(secondRanges(bits)).toEqual(seconds);
    expect(countSeconds(bits)).toBe(count);
  });

  it.each(vectors.refused)('refused: $name', ({ played_ms, duration_us }) => {
    expect(secondsFromPlayed(played_ms, duration_us)).toBeNull();
  });

  it.each(vectors.coverage)('coverage: $name', (one) => {
    expect(coveragePermille(one.count, one.n_seconds)).toBe(one.coverage_permille);
    expect(isComplete(one.count, one.n_seconds, one.threshold_permille)).toBe(one.is_complete);
  });

  it.each(vectors.n_seconds)('$duration_us µs are $n_seconds seconds', ({ duration_us, n_seconds }) => {
    expect(nSeconds(duration_us)).toBe(n_seconds);
  });
});

/** Small seeded generator; the seed is in the test's name. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomState(random: () => number): WatchedState {
  return {
    bits: Uint8Array.from({ length: Math.floor(random() * 6) }, () => Math.floor(random() * 256)),
    position_ms: Math.floor(random() * 5),
    order: Math.floor(random() * 3),
    seq: Math.floor(random() * 3),
  };
}

describe('watched seconds', () => {
  it('merge in any order, any grouping and any number of times (seed 20261124)', () => {
    const random = randomFrom(20261124);
    for (let round = 0; round < 500; round++) {
      const [a, b, c] = [randomState(random), randomState(random), randomState(random)];
      const both = mergeWatched(a, b);
      expect(toVector(mergeWatched(b, a))).toEqual(toVector(both));
      expect(toVector(mergeWatched(both, c))).toEqual(toVector(mergeWatched(a, mergeWatched(b, c))));
      expect(toVector(mergeWatched(both, b))).toEqual(toVector(both));
    }
  });

  it('are cut to the lecture', () => {
    expect(secondRanges(withSeconds(new Uint8Array(0), [[-5, 2], [6, 99]], 8))).toEqual([[0, 2], [6, 8]]);
  });

  it('join ranges that touch', () => {
    expect(mergeRanges([[5, 6], [0, 2], [2, 3], [1, 1.5]])).toEqual([[0, 3], [5, 6]]);
  });
});
