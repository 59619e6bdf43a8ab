// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { SpeedMeter } from '../../../src/features/uploads/speed';

describe('speed meter', () => {
  it('does not guess from too little', () => {
    const meter = new SpeedMeter();
    meter.add(0, 0);
    meter.add(1000, 500);
    expect(meter.bytesPerSecond()).toBeNull();
    expect(meter.secondsLeft(5000)).toBeNull();
  });

  it('tells speed and time left', () => {
    const meter = new SpeedMeter();
    for (let s = 0; s <= 10; s++) meter.add(s * 2000, s * 1000);
    expect(meter.bytesPerSecond()).toBe(2000);
    expect(meter.secondsLeft(40_000)).toBe(10);
  });

  it('follows a link that changes', () => {
    const meter = new SpeedMeter();
    for (let s = 0; s <= 60; s++) meter.add(s * 10_000, s * 1000);
    for (let s = 61; s <= 120; s++) meter.add(600_000 + (s - 60) * 1000, s * 1000);
    expect(meter.bytesPerSecond()).toBeCloseTo(1000, -1);
  });

  it('does not take a pause for slowness', () => {
    const meter = new SpeedMeter();
    meter.add(0, 0);
    meter.reset();
    meter.add(1000, 20_000);
    meter.add(5000, 24_000);
    expect(meter.bytesPerSecond()).toBe(1000);
  });
});
