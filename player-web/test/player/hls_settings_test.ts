// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { bufferGoal, firstEstimateBps, hlsSettings, PRELOAD } from '../../src/player/hls_settings';

const DAY_MS = 24 * 3600 * 1000;

describe('settings of hls.js', () => {
  it('start from what the link gave earlier today', () => {
    expect(firstEstimateBps({ bps: 400_000, at_ms: 0 }, DAY_MS - 1)).toBe(400_000);
    expect(firstEstimateBps({ bps: 400_000, at_ms: 0 }, DAY_MS + 1)).toBe(120_000);
    expect(firstEstimateBps(null, 0)).toBe(120_000);
  });

  it('do not believe an estimate that is absurd', () => {
    expect(firstEstimateBps({ bps: 5e9, at_ms: 0 }, 0)).toBe(3_000_000);
    expect(firstEstimateBps({ bps: 10, at_ms: 0 }, 0)).toBe(40_000);
    expect(firstEstimateBps({ bps: Number.NaN, at_ms: 0 }, 0)).toBe(120_000);
  });

  it('fetch little before the first tap and never without bound', () => {
    expect(hlsSettings(1e5)).toMatchObject(PRELOAD);
    expect(PRELOAD.maxMaxBufferLength).toBeLessThanOrEqual(4);
    expect(bufferGoal('auto').maxMaxBufferLength).toBeLessThanOrEqual(120);
    expect(bufferGoal('save').maxMaxBufferLength).toBeLessThan(bufferGoal('auto').maxMaxBufferLength);
  });

  it('wait long enough for a first byte on a slow link', () => {
    expect(hlsSettings(1e5).fragLoadPolicy?.default.maxTimeToFirstByteMs).toBeGreaterThanOrEqual(20_000);
  });
});
