// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { NO_MEDIA } from '../../src/player/media_state';
import { describeStall } from '../../src/player/stall';

const waiting = { ...NO_MEDIA, isPaused: false, isWaiting: true, position_s: 30, available_s: 600 };
const facts = { state: waiting, waited_ms: 3_000, isOnline: true, isGrowing: false };

describe('stalls', () => {
  it('need no words when they are short, or when nothing waits', () => {
    expect(describeStall({ ...facts, waited_ms: 500 })).toBeNull();
    expect(describeStall({ ...facts, state: { ...waiting, isWaiting: false } })).toBeNull();
  });

  it('say how long, then offer a lighter way', () => {
    expect(describeStall(facts)).toEqual({ reason: 'weak', seconds: 3, offersHelp: false });
    expect(describeStall({ ...facts, waited_ms: 9_000 })?.offersHelp).toBe(true);
  });

  it('tell no network from a weak one', () => {
    expect(describeStall({ ...facts, isOnline: false })?.reason).toBe('offline');
  });

  it('tell the end of what is processed from a weak network', () => {
    const atEnd = { ...waiting, position_s: 599.5 };
    expect(describeStall({ ...facts, state: atEnd, isGrowing: true })?.reason).toBe('growing');
    expect(describeStall({ ...facts, state: atEnd })?.reason).toBe('weak');
    expect(describeStall({ ...facts, isGrowing: true })?.reason).toBe('weak');
  });
});
