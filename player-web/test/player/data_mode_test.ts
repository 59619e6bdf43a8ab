// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, describe, expect, it, vi } from 'vitest';
import { firstDataMode, modeCost, rememberDataMode } from '../../src/player/data_mode';

const variant = (average_bps: number) => ({ peak_bps: average_bps * 2, average_bps, height_px: null });
const variants = [64_000, 140_000, 300_000, 900_000].map(variant);
const sounds = [variant(32_000)];

afterEach(() => vi.unstubAllGlobals());

describe('data modes', () => {
  it('say what an hour costs', () => {
    expect(modeCost('auto', variants, sounds)).toEqual({ low_mb: 29, high_mb: 405 });
    expect(modeCost('save', variants, sounds)).toEqual({ low_mb: 29, high_mb: 63 });
    expect(modeCost('sharp', variants, sounds)).toEqual({ low_mb: 405, high_mb: 405 });
    expect(modeCost('audio', variants, sounds)).toEqual({ low_mb: 14, high_mb: 14 });
  });

  it('name the cheapest there is where nothing is cheap', () => {
    expect(modeCost('save', [variant(400_000), variant(900_000)], [])).toEqual({ low_mb: 180, high_mb: 180 });
  });

  it('say nothing when the playlists could not be read', () => {
    expect(modeCost('auto', [], sounds)).toBeNull();
    expect(modeCost('audio', variants, [])).toBeNull();
  });

  it('start with the last choice, else with what the browser was told', () => {
    expect(firstDataMode()).toBe('auto');
    vi.stubGlobal('navigator', { connection: { saveData: true } });
    expect(firstDataMode()).toBe('save');
    rememberDataMode('audio');
    expect(firstDataMode()).toBe('audio');
  });

  it('do not trust what they find remembered', () => {
    localStorage.setItem('banmai.data_mode', '"everything"');
    expect(firstDataMode()).toBe('auto');
  });
});
