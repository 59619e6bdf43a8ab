// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { saveCap, sizeCap } from '../../src/player/level_choice';

const level = (height_px: number, kbps: number) => ({ height_px, average_bps: kbps * 1000 });
const camera = [level(180, 64), level(240, 130), level(360, 280), level(480, 500), level(720, 950)];
const slides = [level(720, 64), level(720, 140), level(720, 270), level(1080, 900)];

describe('level caps', () => {
  it('for saving: the best within 150 kbit/s', () => {
    expect(saveCap(camera)).toBe(1);
    expect(saveCap(slides)).toBe(1);
    expect(saveCap([level(360, 300), level(720, 900)])).toBe(0);
  });

  it('for the screen: the first height that fills it, in its best form', () => {
    expect(sizeCap(camera, 405)).toBe(3);
    expect(sizeCap(slides, 405)).toBe(2);
    expect(sizeCap(camera, 720)).toBe(4);
  });

  it('for a screen larger than anything, or of unknown size: everything', () => {
    expect(sizeCap(camera, 2160)).toBe(4);
    expect(sizeCap(camera, 0)).toBe(4);
  });
});
