// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Playback } from '../../src/app/types';
import { PlayerEngine } from '../../src/player/engine';
import type { Source, SourceEvents } from '../../src/player/source';

const playback: Playback = { hls: '/v/a/multivariant.m3u8', audio: '/v/a/audio.m3u8', poster: null };
const fresh: Playback = { ...playback, hls: '/v/b/multivariant.m3u8' };

class FakeSource implements Source {
  knowsOpus = false;
  opened: [string, number][] = [];
  modes: string[] = [];
  isEnded = false;
  constructor(readonly events: SourceEvents) {}
  open(url: string, position_s: number): void {
    this.opened.push([url, position_s]);
  }
  n_plays = 0;
  play(): void {
    this.n_plays += 1;
  }
  setMode(mode: string): void {
    this.modes.push(mode);
  }
  sounds: string[] = [];
  setSound(name: string): void {
    this.sounds.push(name);
  }
  destroy(): void {
    this.isEnded = true;
  }
}

let media: HTMLVideoElement;
let source: FakeSource;
let engine: PlayerEngine;
let renew: () => Promise<Playback | null>;
let isPaused: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  isPaused = true;
  media = document.createElement('video');
  vi.spyOn(media, 'paused', 'get').mockImplementation(() => isPaused);
  vi.spyOn(media, 'play').mockImplementation(async () => {
    isPaused = false;
  });
  vi.spyOn(media, 'pause').mockImplementation(() => {
    isPaused = true;
  });
  renew = vi.fn(async () => fresh);
  engine = new PlayerEngine({
    media,
    makeSource: (_media, events) => (source = new FakeSource(events)),
    renew: () => renew(),
  });
});

afterEach(() => {
  engine.destroy();
  vi.useRealTimers();
});

describe('player engine', () => {
  it('plays one codec of sound: Opus where the browser knows it, else none of it', () => {
    const withOpus = { ...playback, hls_opus: '/v/a/multivariant-opus.m3u8', audio_opus: '/v/a/audio-opus.m3u8' };
    engine.open(withOpus, 0);
    source.knowsOpus = true;
    engine.open(withOpus, 0);
    engine.setMode('audio');
    engine.setMode('auto');
    engine.open(playback, 0);
    expect(source.opened.map(([url]) => url)).toEqual([
      '/v/a/multivariant.m3u8',
      '/v/a/multivariant-opus.m3u8',
      '/v/a/audio-opus.m3u8',
      '/v/a/multivariant-opus.m3u8',
      '/v/a/multivariant.m3u8',
    ]);
    expect(engine.addresses(withOpus)).toEqual({ hls: withOpus.hls_opus, audio: withOpus.audio_opus });
  });

  it('opens the lecture at a place', () => {
    engine.open(playback, 42);
    expect(source.opened).toEqual([[playback.hls, 42]]);
  });

  it('shows the captions that were read last, where a lecture has them', () => {
    const vietnamese = { language: 'vi', url: 'c1/media.m3u8' };
    vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('no network'))));
    source.events.onCaptions([vietnamese]);
    expect(engine.captions.value).toEqual([vietnamese]);
    expect(engine.caption.value).toBeNull();
    engine.setCaption('vi');
    expect(engine.caption.value).toBe('vi');
    source.events.onCaptions([]);
    expect(engine.caption.value).toBeNull();
    source.events.onCaptions([vietnamese]);
    expect(engine.caption.value).toBe('vi');
    engine.setCaption(null);
    source.events.onCaptions([vietnamese]);
    expect(engine.caption.value).toBeNull();
  });

  it('plays the first sound until another one is asked for, and keeps to that one', () => {
    source.events.onSounds(['Micro', 'Máy tính']);
    expect(engine.sound.value).toBe('Micro');
    engine.setSound('Máy tính');
    engine.setSound('not there');
    expect(source.sounds).toEqual(['Máy tính']);
    source.events.onSounds(['Micro', 'Máy tính']);
    expect(engine.sound.value).toBe('Máy tính');
    source.events.onSounds(['Tiếng Việt']);
    expect(engine.sound.value).toBe('Tiếng Việt');
  });

  it('draws its state from what the media element says', () => {
    engine.open(playback, 0);
    media.currentTime = 12;
    media.dispatchEvent(new Event('timeupdate'));
    expect(engine.state.value.position_s).toBe(12);
  });

  it('counts playing that the browser began, by a headset or the lock screen, as started', () => {
    engine.open(playback, 0);
    expect(engine.hasStarted.value).toBe(false);
    media.dispatchEvent(new Event('play'));
    expect(engine.hasStarted.value).toBe(true);
    expect(source.n_plays).toBe(1);
    media.dispatchEvent(new Event('play'));
    expect(source.n_plays).toBe(1);
  });

  it('carries the place over to sound only and back', () => {
    engine.open(playback, 0);
    engine.play();
    media.currentTime = 33;
    engine.setMode('audio');
    engine.setMode('save');
    expect(source.opened.slice(1)).toEqual([[playback.audio, 33], [playback.hls, 33]]);
    expect(isPaused).toBe(false);
  });

  it('does not change the address between picture qualities', () => {
    engine.open(playback, 0);
    engine.setMode('save');
    engine.setMode('sharp');
    expect(source.opened).toHaveLength(1);
    expect(source.modes).toEqual(['auto', 'save', 'sharp']);
  });

  it('has no sound-only mode for a lecture without sound', () => {
    engine.mode.value = 'audio';
    engine.open({ ...playback, audio: null }, 0);
    expect(engine.mode.value).toBe('auto');
    engine.setMode('audio');
    expect(engine.mode.value).toBe('auto');
  });

  it('asks for fresh addresses when the old ones are refused, and goes on from the same place', async () => {
    engine.open(playback, 0);
    media.currentTime = 20;
    source.events.onProblem('gone');
    await vi.advanceTimersByTimeAsync(0);
    expect(source.opened[1]).toEqual([fresh.hls, 20]);
  });

  it('does not hammer the server when fresh addresses are refused too', async () => {
    engine.open(playback, 0);
    for (let i = 0; i < 5; i++) {
      source.events.onProblem('gone');
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(renew).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(renew).toHaveBeenCalledTimes(2);
  });

  it('says when the browser wants a tap first', async () => {
    vi.spyOn(media, 'play').mockRejectedValue(new DOMException('no', 'NotAllowedError'));
    engine.play();
    await vi.advanceTimersByTimeAsync(0);
    expect(engine.isBlocked.value).toBe(true);
  });

  it('steps through the speeds and stays within them', () => {
    engine.setRate(1);
    engine.stepRate(1);
    expect(media.playbackRate).toBe(1.25);
    for (let i = 0; i < 9; i++) engine.stepRate(1);
    expect(media.playbackRate).toBe(2);
    for (let i = 0; i < 9; i++) engine.stepRate(-1);
    expect(media.playbackRate).toBe(0.75);
  });

  it('says when the browser cannot play at all', () => {
    const none = new PlayerEngine({ media, makeSource: () => null, renew });
    expect(none.problem.value).toBe('unsupported');
    none.open(playback, 0);
    none.destroy();
  });

  it('lets go of everything at its end', () => {
    engine.destroy();
    media.currentTime = 9;
    media.dispatchEvent(new Event('timeupdate'));
    expect(engine.state.value.position_s).toBe(0);
    expect(source.isEnded).toBe(true);
  });
});
