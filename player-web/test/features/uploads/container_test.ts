// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAcceptedContainer, refusedContainer } from '../../../src/features/uploads/container';

interface Example {
  name: string;
  head: string;
}

const file = resolve(__dirname, '../../../../tests/vectors/containers.json');
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Record<'refused' | 'accepted' | 'unknown', Example[]>;
const headOf = ({ head }: Example): Uint8Array => Uint8Array.from(Buffer.from(head, 'hex'));

describe('a recording by its first bytes', () => {
  it('is called by its name when the server does not take it', () => {
    expect(vectors.refused.length).toBeGreaterThan(50);
    for (const example of vectors.refused) {
      expect(refusedContainer(headOf(example)), example.name).toBe(example.name);
      expect(isAcceptedContainer(headOf(example)), example.name).toBe(false);
    }
  });

  it('is let through when the server takes it, whatever it is called', () => {
    for (const example of vectors.accepted) expect(refusedContainer(headOf(example)), example.name).toBeNull();
  });

  it('is known as one where the first bytes are enough', () => {
    const unsure = ['transport stream', 'M2TS'];
    for (const example of vectors.accepted.filter(({ name }) => !unsure.includes(name))) {
      expect(isAcceptedContainer(headOf(example)), example.name).toBe(true);
      expect(refusedContainer(headOf(example), 'a.mxf'), example.name).toBeNull();
    }
  });

  it('is a transport stream when a second packet follows the first', () => {
    const packets = new Uint8Array(400);
    packets[0] = packets[188] = 0x47;
    expect(isAcceptedContainer(packets)).toBe(true);
    const timed = new Uint8Array(400);
    timed[4] = timed[196] = 0x47;
    expect(isAcceptedContainer(timed)).toBe(true);
    expect(isAcceptedContainer(packets.slice(0, 188))).toBe(false);
  });

  it('is nothing known otherwise', () => {
    for (const example of vectors.unknown) expect(refusedContainer(headOf(example)), example.name).toBeNull();
  });

  it('goes by its ending when its first bytes say nothing', () => {
    const nothing = new Uint8Array(32);
    expect(refusedContainer(nothing, 'double_click_to_convert_01.zoom')).toBe('Zoom');
    expect(refusedContainer(nothing, 'HOP.ARF')).toBe('WebEx');
    expect(refusedContainer(nothing, 'bai.mp4')).toBeNull();
    expect(refusedContainer(nothing, 'constructor')).toBeNull();
  });
});
