// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
/* Every pair of colours that carries words, in both schemes, against WCAG AA. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(resolve(__dirname, '../../src/app/base.css'), 'utf8');
const blocks = [...css.matchAll(/:root\s*\{([^}]*)\}/g)].map((match) => match[1] ?? '');

function colours(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name ?? '', value ?? '']));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

const WORDS: [ink: string, paper: string][] = [
  ['ink', 'paper'],
  ['ink', 'card'],
  ['soft', 'paper'],
  ['soft', 'card'],
  ['soft', 'sunk'],
  ['soft', 'brand-wash'],
  ['soft', 'bad-wash'],
  ['brand', 'paper'],
  ['brand', 'card'],
  ['brand', 'brand-wash'],
  ['on-brand', 'brand'],
  ['ink', 'brand-wash'],
  ['warn', 'warn-wash'],
  ['warn', 'paper'],
  ['bad', 'bad-wash'],
  ['bad', 'card'],
  ['good', 'good-wash'],
  ['good', 'card'],
];

/* Shapes that mean something need 3 to 1. */
const SHAPES: [string, string][] = [
  ['sun', 'card'],
  ['focus', 'paper'],
  ['soft', 'card'],
];

describe.each(['light', 'dark'])('colours, %s', (scheme) => {
  const found = new Map([...colours(blocks[0] ?? ''), ...(scheme === 'dark' ? colours(blocks[1] ?? '') : [])]);
  const colour = (name: string): string => {
    const value = found.get(name);
    if (!value) throw new Error(`no colour --${name}`);
    return value;
  };

  it.each(WORDS)('%s on %s can be read', (ink, paper) => {
    expect(contrast(colour(ink), colour(paper))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES)('%s on %s can be seen', (shape, paper) => {
    expect(contrast(colour(shape), colour(paper))).toBeGreaterThanOrEqual(3);
  });
});
