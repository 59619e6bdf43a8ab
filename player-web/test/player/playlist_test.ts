// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { megabytesPerHour, parseVariants } from '../../src/player/playlist';

const MULTIVARIANT = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="low",NAME="a",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="1",URI="a/media.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=520000,AVERAGE-BANDWIDTH=300000,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=854x480,AUDIO="low"
v450/media.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=90000,AVERAGE-BANDWIDTH=64000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,AUDIO="low"
v48/media.m3u8
`;

describe('variants of a playlist', () => {
  it('come from the cheapest up', () => {
    expect(parseVariants(MULTIVARIANT)).toEqual([
      { peak_bps: 90000, average_bps: 64000, height_px: 720 },
      { peak_bps: 520000, average_bps: 300000, height_px: 480 },
    ]);
  });

  it('do with the peak where no average is given', () => {
    const [variant] = parseVariants('#EXTM3U\r\n#EXT-X-STREAM-INF:BANDWIDTH=40000\r\na.m3u8\r\n');
    expect(variant).toEqual({ peak_bps: 40000, average_bps: 40000, height_px: null });
  });

  it('are none in anything that is not a playlist', () => {
    expect(parseVariants('<html>')).toEqual([]);
    expect(parseVariants('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=lots\nx')).toEqual([]);
    expect(parseVariants('')).toEqual([]);
  });

  it('cost what data plans count', () => {
    expect(megabytesPerHour(64_000)).toBe(29);
    expect(megabytesPerHour(300_000)).toBe(135);
    expect(megabytesPerHour(900_000)).toBe(405);
    expect(megabytesPerHour(1)).toBe(1);
  });
});
