// SPDX-License-Identifier: GPL-3.0-or-later
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CaptionDisplay, captionText } from '../../src/player/captions';

const PLAYLIST = '#EXTM3U\n#EXT-X-VERSION:6\n#EXTINF:6.000,\n0.vtt\n#EXT-X-ENDLIST\n';
const VI = { language: 'vi', url: '/v/t/p/c1/media.m3u8' };
const EN = { language: 'en', url: '/v/t/p/c2/media.m3u8' };

let media: HTMLVideoElement;
let display: CaptionDisplay;
let answer: (url: string) => Promise<Response>;

const shown = (): [string, string | null][] =>
  [...media.querySelectorAll('track')].map((track) => [track.srclang, new URL(track.src).pathname]);

beforeEach(() => {
  media = document.createElement('video');
  display = new CaptionDisplay(media);
  answer = async () => new Response(PLAYLIST);
  vi.stubGlobal('fetch', vi.fn((url: string) => answer(url)));
  /* jsdom has no text tracks */
  Object.defineProperty(HTMLTrackElement.prototype, 'track', { configurable: true, value: { mode: 'disabled' } });
});

describe('captions', () => {
  it('are the one segment of their playlist', () => {
    expect(captionText(PLAYLIST, 'http://h/v/t/p/c1/media.m3u8')).toBe('http://h/v/t/p/c1/0.vtt');
    expect(captionText('#EXTM3U\n#EXT-X-ENDLIST\n', 'http://h/')).toBeNull();
    expect(captionText('<html>', 'http://h/')).toBeNull();
  });

  it('are fetched when they are wanted, one language at a time', async () => {
    expect(fetch).not.toHaveBeenCalled();
    await display.show(VI);
    expect(shown()).toEqual([['vi', '/v/t/p/c1/0.vtt']]);
    await display.show(EN);
    expect(shown()).toEqual([['en', '/v/t/p/c2/0.vtt']]);
    await display.show(null);
    expect(shown()).toEqual([]);
  });

  it('do not appear when another choice came first', async () => {
    let release: (response: Response) => void = () => undefined;
    answer = () => new Promise((resolve) => (release = resolve));
    const slow = display.show(VI);
    await display.show(null);
    release(new Response(PLAYLIST));
    await slow;
    expect(shown()).toEqual([]);
  });

  it('leave the lecture alone when they cannot be had', async () => {
    answer = async () => new Response('', { status: 403 });
    await display.show(VI);
    answer = () => Promise.reject(new TypeError('no network'));
    await display.show(EN);
    expect(shown()).toEqual([]);
  });
});
