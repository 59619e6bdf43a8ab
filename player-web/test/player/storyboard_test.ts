// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { lastStarted, parseCues, parseTile } from '../../src/player/storyboard';

const BASE = 'http://school/v/t/p/storyboard.vtt';
const CUES = `WEBVTT

00:00:00.000 --> 00:00:30.000
storyboard-0.jpg#xywh=0,0,160,90

some id
01:02:03.004 --> 01:02:30.000
storyboard-1.jpg#xywh=160,90,160,90
`;

describe('storyboard', () => {
  it('is read as it is written, beside its own address', () => {
    expect(parseCues(CUES, BASE)).toEqual([
      { start_s: 0, tile: { sheet: 'http://school/v/t/p/storyboard-0.jpg', x: 0, y: 0, width: 160, height: 90 } },
      { start_s: 3723.004, tile: { sheet: 'http://school/v/t/p/storyboard-1.jpg', x: 160, y: 90, width: 160, height: 90 } },
    ]);
    expect(parseCues(CUES.replace(/\n/g, '\r\n'), BASE)).toHaveLength(2);
  });

  it('leaves out what it cannot read', () => {
    expect(parseCues('<html>', BASE)).toEqual([]);
    expect(parseCues('WEBVTT\n\n00:00 --> 1\nx.jpg#xywh=1,2,3,4\n\n00:00:01.000 --> 00:00:02.000\nwords', BASE)).toEqual([]);
    expect(parseTile('a.jpg', BASE)).toBeNull();
    expect(parseTile('a.jpg#xywh=percent:1,2,3,4', BASE)).toBeNull();
  });

  it('has one tile for each moment from its first cue on', () => {
    const cues = [{ start_s: 0 }, { start_s: 10 }, { start_s: 20 }];
    expect(lastStarted(cues, -1)).toBeNull();
    expect(lastStarted(cues, 0)).toBe(cues[0]);
    expect(lastStarted(cues, 19.9)).toBe(cues[1]);
    expect(lastStarted(cues, 99)).toBe(cues[2]);
  });
});
