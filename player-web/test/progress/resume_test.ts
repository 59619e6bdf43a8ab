// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/app/types';
import { resumePosition, seenFrom, seenMore, startPosition } from '../../src/progress/resume';
import { beat } from './beat_fixture';

const progress: Progress = {
  position_s: 120,
  session: null,
  seq: null,
  watched_s: 120,
  duration_s: 600,
  coverage: 0.2,
  completed: false,
  watched: [[0, 120]],
};

describe('resuming', () => {
  it('goes on where the server says', () => {
    expect(resumePosition(progress, [])).toBe(120);
    expect(resumePosition(null, [])).toBeNull();
  });

  it('goes on where this phone left off, if it could not say so yet', () => {
    const unsent = [beat({ position_s: 130, made_at_ms: 10 }), beat({ seq: 1, position_s: 90, made_at_ms: 20 })];
    expect(resumePosition(progress, unsent)).toBe(90);
  });

  it('never goes back to a beat that was refused for a while', () => {
    const told = { ...progress, session: 'a', seq: 7 };
    expect(resumePosition(told, [beat({ seq: 3, position_s: 40, made_at_ms: 99 })])).toBe(120);
    expect(resumePosition(told, [beat({ seq: 3, position_s: 40 }), beat({ seq: 8, position_s: 130 })])).toBe(130);
  });

  it('goes by a session that the server has not heard of, not by one that another device has followed', () => {
    const told = { ...progress, session: 'tablet', seq: 1 };
    expect(resumePosition(told, [beat({ seq: 0, position_s: 0 }), beat({ seq: 1, position_s: 44 })])).toBe(44);
    expect(resumePosition(told, [beat({ seq: 5, position_s: 44 })])).toBe(120);
  });

  it('goes on where the phone remembers when the server does not answer', () => {
    expect(resumePosition(null, [], { position_s: 77, at_ms: 5 })).toBe(77);
    expect(resumePosition(null, [beat({ position_s: 50, made_at_ms: 3 })], { position_s: 77, at_ms: 5 })).toBe(77);
    expect(resumePosition(null, [beat({ position_s: 50, made_at_ms: 9 })], { position_s: 77, at_ms: 5 })).toBe(50);
    expect(resumePosition(progress, [], { position_s: 77, at_ms: 5 })).toBe(120);
  });

  it('starts over after the end and at the very beginning', () => {
    expect(startPosition(597, 600)).toBe(0);
    expect(startPosition(0.4, 600)).toBe(0);
    expect(startPosition(null, 600)).toBe(0);
    expect(startPosition(300, 600)).toBe(300);
    expect(startPosition(300, null)).toBe(300);
  });

  it('shows what the server knows together with what waits on the phone', () => {
    const seen = seenFrom(progress, [beat({ watched: [[110, 180]] })], 600);
    expect(seen.coverage_permille).toBe(300);
    expect(seenMore(seen, [[180, 540]]).completed).toBe(true);
  });

  it('never takes back a completion', () => {
    expect(seenFrom({ ...progress, completed: true }, [], 600).completed).toBe(true);
  });
});
