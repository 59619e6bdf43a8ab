// SPDX-License-Identifier: GPL-3.0-or-later
/* The player without a face. One direction: controls call request methods, only the engine touches
 * the media element, its events make the state, and the state draws the controls.
 *
 *             open()            play()               source says gone
 *    closed ─────────▶ ready ───────────▶ watching ─────────────────▶ renewing ──▶ watching
 *                                             destroy() ends every state */
import { signal, type ReadonlySignal } from '@preact/signals';
import type { Playback } from '../app/types';
import { CaptionDisplay, recallCaption, rememberCaption, type CaptionTrack } from './captions';
import { firstDataMode, rememberDataMode, type DataMode } from './data_mode';
import { MEDIA_EVENTS, NO_MEDIA, readMedia, type MediaState } from './media_state';
import type { Source, SourceEvents, SourceProblem } from './source';

export const RATES = [0.75, 1, 1.25, 1.5, 2] as const;

/** Makes the source for a media element; null when the browser cannot play HLS at all. */
export type MakeSource = (media: HTMLVideoElement, events: SourceEvents) => Source | null;

export interface EngineOptions {
  media: HTMLVideoElement;
  makeSource: MakeSource;
  /** Asks the server for fresh addresses, when the old ones are refused. */
  renew: () => Promise<Playback | null>;
}

/* Fresh addresses that are refused as well do not get better by asking at once. */
const RENEW_PAUSE_MS = 20_000;

export class PlayerEngine {
  readonly mode = signal<DataMode>(firstDataMode());
  readonly problem = signal<SourceProblem | null>(null);
  /** The browser wants a tap before it plays. */
  readonly isBlocked = signal(false);
  /** The learner has asked to watch: until then only the beginning is fetched. */
  readonly hasStarted = signal(false);

  readonly captions = signal<CaptionTrack[]>([]);
  /** The language of the captions that are shown. */
  readonly caption = signal<string | null>(null);

  /** The names of the sounds that there are, the default one first. */
  readonly sounds = signal<string[]>([]);
  /** The name of the one that plays. */
  readonly sound = signal<string | null>(null);

  private readonly _state = signal<MediaState>(NO_MEDIA);
  private readonly media: HTMLVideoElement;
  private readonly renew: EngineOptions['renew'];
  private readonly source: Source | null;
  private readonly display: CaptionDisplay;
  private playback: Playback | null = null;
  private renewTimer: ReturnType<typeof setTimeout> | undefined;
  private lastRenewal_ms = -Infinity;

  constructor({ media, makeSource, renew }: EngineOptions) {
    this.media = media;
    this.renew = renew;
    this.display = new CaptionDisplay(media);
    this.source = makeSource(media, {
      onProblem: this.onProblem,
      onRecovered: () => {
        this.problem.value = null;
      },
      onCaptions: (tracks) => {
        this.captions.value = tracks;
        this.showCaption(recallCaption());
      },
      onSounds: (names) => {
        this.sounds.value = names;
        if (!names.includes(this.sound.peek() ?? '')) this.sound.value = names[0] ?? null;
      },
    });
    for (const type of MEDIA_EVENTS) media.addEventListener(type, this.onMediaEvent);
    if (!this.source) this.problem.value = 'unsupported';
  }

  get state(): ReadonlySignal<MediaState> {
    return this._state;
  }

  /** Loads the lecture, to play from position_s. */
  open(playback: Playback, position_s: number): void {
    this.playback = playback;
    if (this.mode.peek() === 'audio' && !playback.audio) this.mode.value = 'auto';
    this.source?.setMode(this.mode.peek());
    this.source?.open(this.url(playback), position_s);
  }

  play(): void {
    this.start();
    this.media.play().then(
      () => {
        this.isBlocked.value = false;
      },
      (error: unknown) => {
        this.isBlocked.value = error instanceof DOMException && error.name === 'NotAllowedError';
      },
    );
  }

  pause(): void {
    this.media.pause();
  }

  toggle(): void {
    if (this.media.paused) this.play();
    else this.pause();
  }

  seek(position_s: number): void {
    const end = this._state.peek().available_s;
    this.media.currentTime = Math.max(0, Math.min(position_s, end > 0 ? end : position_s));
  }

  skip(delta_s: number): void {
    this.seek(this.media.currentTime + delta_s);
  }

  setRate(rate: number): void {
    this.media.defaultPlaybackRate = rate; /* survives a change of address */
    this.media.playbackRate = rate;
  }

  /** One speed up or down. */
  stepRate(step: 1 | -1): void {
    const i = RATES.findIndex((rate) => rate >= this.media.playbackRate);
    const next = RATES[Math.min(RATES.length - 1, Math.max(0, i + step))];
    if (next) this.setRate(next);
  }

  setMuted(isMuted: boolean): void {
    this.media.muted = isMuted;
  }

  stepVolume(delta: number): void {
    this.media.muted = false;
    this.media.volume = Math.min(1, Math.max(0, this.media.volume + delta));
  }

  setMode(mode: DataMode): void {
    const { playback } = this;
    const hadAudio = this.mode.peek() === 'audio';
    if (!playback || (mode === 'audio' && !playback.audio)) return;
    this.mode.value = mode;
    rememberDataMode(mode);
    this.source?.setMode(mode);
    if (hadAudio !== (mode === 'audio')) this.reopen(playback);
  }

  /** The playlists that are played: with Opus or without it, never some of both, since changing the
   * codec of sound in the midst fails in many players. */
  addresses(playback: Playback): { hls: string; audio: string | null } {
    const { hls, audio, hls_opus, audio_opus } = playback;
    return this.source?.knowsOpus ? { hls: hls_opus ?? hls, audio: audio_opus ?? audio } : { hls, audio };
  }

  /** Null for none. */
  setCaption(language: string | null): void {
    rememberCaption(language);
    this.showCaption(language);
  }

  setSound(name: string): void {
    if (!this.sounds.peek().includes(name)) return;
    this.sound.value = name;
    this.source?.setSound(name);
  }

  destroy(): void {
    void this.display.show(null);
    clearTimeout(this.renewTimer);
    for (const type of MEDIA_EVENTS) this.media.removeEventListener(type, this.onMediaEvent);
    this.source?.destroy();
  }

  private showCaption(language: string | null): void {
    const track = this.captions.peek().find((offered) => offered.language === language) ?? null;
    this.caption.value = track?.language ?? null;
    void this.display.show(track);
  }

  private start(): void {
    this.hasStarted.value = true;
    this.source?.play();
  }

  private url(playback: Playback): string {
    const { hls, audio } = this.addresses(playback);
    return (this.mode.peek() === 'audio' && audio) || hls;
  }

  /* Changing the address resets the element; place and playing are carried over. */
  private reopen(playback: Playback): void {
    const { currentTime, paused } = this.media;
    this.playback = playback;
    this.source?.open(this.url(playback), currentTime);
    if (!paused) this.play();
  }

  /* The browser itself may let it play: by a headset's button, or from the lock screen. */
  private readonly onMediaEvent = (event: Event): void => {
    if (event.type === 'play' && !this.hasStarted.peek()) this.start();
    this._state.value = readMedia(this.media);
  };

  private readonly onProblem = (problem: SourceProblem): void => {
    this.problem.value = problem;
    if (problem === 'gone') this.renewSoon();
  };

  private renewSoon(): void {
    const wait_ms = Math.max(0, this.lastRenewal_ms + RENEW_PAUSE_MS - Date.now());
    clearTimeout(this.renewTimer);
    this.renewTimer = setTimeout(() => void this.renewNow(), wait_ms);
  }

  private async renewNow(): Promise<void> {
    this.lastRenewal_ms = Date.now();
    try {
      const playback = await this.renew();
      if (playback) this.reopen(playback);
    } catch {
      this.renewSoon(); /* no network for this either */
    }
  }
}
