// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { cutRanges, HeldBeats } from '../../src/progress/held_beats';
import { beat } from './beat_fixture';

describe('held beats', () => {
  it('are cut between whole seconds', () => {
    expect(cutRanges([[0.2, 40.7]], 10)).toEqual({ piece: [[0.2, 10]], rest: [[10, 40.7]] });
    expect(cutRanges([[0, 4], [10, 20], [30, 31]], 9)).toEqual({
      piece: [[0, 4], [10, 15]],
      rest: [[15, 20], [30, 31]],
    });
    expect(cutRanges([[0, 4]], 9)).toEqual({ piece: [[0, 4]], rest: [] });
  });

  it('are tried again after a pause, half of them', () => {
    const held = new HeldBeats();
    const long = beat({ watched: [[0, 60]] });
    expect(held.cut('a', long)).toBeNull();
    held.hold('a', long, 1000);
    expect(held.isDue('a', 15_999)).toBe(false);
    expect(held.isDue('a', 16_000)).toBe(true);
    expect(held.cut('a', long)?.piece).toEqual([[0, 30]]);
    expect(held.nextIn(6000)).toBe(10_000);
  });

  it('wait longer when even the shortest piece does not fit', () => {
    const held = new HeldBeats();
    for (let i = 0; i < 9; i++) held.hold('a', beat({ watched: [[0, 5]] }), 0);
    expect(held.nextIn(0)).toBe(120_000);
    held.release('a');
    expect(held.nextIn(0)).toBe(0);
    held.keepOnly(new Set());
    expect(held.nextIn(0)).toBeNull();
  });
});
