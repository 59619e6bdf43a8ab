// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { firstBatch, inOrder, joinBeats, newSession, requestBody } from '../../src/progress/beat';
import { beat } from './beat_fixture';

describe('beats', () => {
  it('have a session of 32 hex digits, another each time', () => {
    expect(newSession()).toMatch(/^[0-9a-f]{32}$/);
    expect(newSession()).not.toBe(newSession());
  });

  it('are sorted by session, then sequence', () => {
    const sorted = [beat({ session: 'b' }), beat({ seq: 2 }), beat({ seq: 1 })].sort(inOrder);
    expect(sorted.map(({ session, seq }) => `${session}${seq}`)).toEqual(['a1', 'a2', 'b0']);
  });

  it('go out one session at a time, at most so many', () => {
    const beats = [beat({ seq: 0 }), beat({ seq: 1 }), beat({ session: 'b' })];
    expect(firstBatch(beats)).toHaveLength(2);
    expect(firstBatch(beats, 1)).toHaveLength(1);
    expect(firstBatch([])).toEqual([]);
  });

  it('go out in requests that the server takes', () => {
    const watched = Array.from({ length: 32 }, (_, i): [number, number] => [i * 2, i * 2 + 1]);
    const beats = Array.from({ length: 20 }, (_, seq) => beat({ seq, watched }));
    expect(firstBatch(beats)).toHaveLength(9);
    expect(firstBatch([beat({ watched: Array.from({ length: 350 }, () => [0, 1]) })])).toHaveLength(1);
  });

  it('have the form of the interface', () => {
    const body = requestBody([beat({ seq: 3, watched: [[0, 1.5]], position_s: 1.5 })]);
    expect(body).toEqual({
      session: 'a',
      beats: [{ lecture: 'l', seq: 3, watched: [[0, 1.5]], position_s: 1.5 }],
    });
  });

  it('join into one that says the same', () => {
    const joined = joinBeats(beat({ watched: [[0, 5]] }), beat({ seq: 1, watched: [[5, 9]], position_s: 9 }));
    expect(joined).toMatchObject({ seq: 1, watched: [[0, 9]], position_s: 9 });
  });
});
