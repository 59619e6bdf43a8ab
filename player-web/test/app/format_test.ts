// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { bytes, clock, day, length, number, percent, spokenTime, wait } from '../../src/app/format';

describe('formats', () => {
  it('places in a lecture', () => {
    expect(clock(0)).toBe('0:00');
    expect(clock(751.9)).toBe('12:31');
    expect(clock(3723)).toBe('1:02:03');
    expect(clock(-1)).toBe('0:00');
  });

  it('lengths', () => {
    expect(length(20)).toBe('dưới 1 phút');
    expect(length(754)).toBe('13 phút');
    expect(length(3900)).toBe('1 giờ 5 phút');
    expect(wait(8.4)).toBe('8 giây');
    expect(spokenTime(200)).toBe('3 phút 20 giây');
  });

  it('numbers and sizes as Vietnamese write them', () => {
    expect(number(1234.5, 1)).toBe('1.234,5');
    expect(bytes(1.44e9)).toBe('1,4 GB');
    expect(bytes(5_300_000)).toBe('5,3 MB');
    expect(bytes(12)).toBe('1 KB');
  });

  it('days, and nothing for what is none', () => {
    expect(day('2026-11-24T03:00:00Z')).toBe('24/11/2026');
    expect(day('soon')).toBe('');
  });

  it('percent: a hundred only when it is all', () => {
    expect(percent(0.999)).toBe(99);
    expect(percent(1)).toBe(100);
    expect(percent(-1)).toBe(0);
  });
});
