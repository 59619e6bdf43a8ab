// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { isWebKitOnLinux, letSoundGoBack, startOf, timescaleOf } from '../../src/player/gstreamer_sound';

function box(type: string, ...content: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = 8 + content.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, size);
  bytes.set([...type].map((c) => c.charCodeAt(0)), 4);
  let at = 8;
  for (const part of content) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function u32(...values: number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * values.length);
  values.forEach((value, i) => new DataView(bytes.buffer).setUint32(4 * i, value));
  return bytes;
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return box('xxxx', ...parts).slice(8);
}

const init = (timescale: number): Uint8Array<ArrayBuffer> =>
  join(
    box('ftyp', u32(1, 2)),
    box('moov', box('mvhd', u32(0)), box('trak', box('tkhd'), box('mdia', box('mdhd', u32(0, 0, 0, timescale, 0, 0))))),
  );
const fragment = (ticks: number): Uint8Array<ArrayBuffer> =>
  join(box('moof', box('mfhd'), box('traf', box('tfhd'), box('tfdt', u32(0, ticks)))), box('mdat', u32(7)));
const wideFragment = (high: number, low: number): Uint8Array<ArrayBuffer> =>
  box('moof', box('traf', box('tfdt', u32(0x01000000, high, low))));

class FakeBuffer {
  timestampOffset = 0;
  did: string[] = [];
  abort(): void {
    this.did.push('abort');
  }
  appendBuffer(data: BufferSource): void {
    const bytes = new Uint8Array(data as ArrayBuffer);
    const isInit = timescaleOf(bytes) !== null;
    this.did.push([isInit && 'init', startOf(bytes) ?? ''].filter((part) => part !== false && part !== '').join(' '));
  }
}

describe('sound in WebKitGTK', () => {
  it('is recognised by what the browser says of itself', () => {
    const is = (text: string): boolean => isWebKitOnLinux(`Mozilla/5.0 (${text}`);
    expect(is('X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15')).toBe(true);
    expect(is('X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36')).toBe(false);
    expect(is('Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile')).toBe(false);
    expect(is('iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari')).toBe(false);
    expect(is('X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe(false);
  });

  it('reads times from sections and fragments, and nothing from other bytes', () => {
    expect(timescaleOf(init(48000))).toBe(48000);
    expect(startOf(fragment(96000))).toBe(96000);
    expect(startOf(wideFragment(1, 2))).toBe(2 ** 32 + 2);
    for (const bytes of [new Uint8Array(), u32(0, 0, 0), fragment(1).subarray(0, 30), box('moof', u32(0xffffffff))]) {
      expect(timescaleOf(bytes)).toBeNull();
      expect(startOf(bytes)).toBeNull();
    }
  });

  it('starts again where it goes back behind the first fragment, and only there', () => {
    const buffer = new FakeBuffer();
    letSoundGoBack(buffer as unknown as SourceBuffer);
    for (const bytes of [init(48000), fragment(4800000), fragment(5088000), fragment(0), fragment(96000), fragment(192000)])
      buffer.appendBuffer(bytes);
    expect(buffer.did).toEqual(['init', '4800000', '5088000', 'abort', 'init 0', '96000', '192000']);
  });

  it('compares seconds where the rate of the sound changes', () => {
    const buffer = new FakeBuffer();
    letSoundGoBack(buffer as unknown as SourceBuffer);
    for (const bytes of [init(24000), fragment(240000), init(48000), fragment(480000), fragment(479000)]) buffer.appendBuffer(bytes);
    expect(buffer.did).toEqual(['init', '240000', 'init', '480000', 'abort', 'init 479000']);
  });

  it('passes on what it does not know', () => {
    const buffer = new FakeBuffer();
    letSoundGoBack(buffer as unknown as SourceBuffer);
    for (const bytes of [fragment(5), fragment(3), u32(1, 2, 3)]) buffer.appendBuffer(bytes);
    expect(buffer.did).toEqual(['5', '3', '']);
  });
});
