// SPDX-License-Identifier: GPL-3.0-or-later
/* Playing through hls.js. The only file that knows it; loaded on the watch page alone. */
import Hls, {
  type AudioTracksUpdatedData, type BufferCreatedData, type ErrorData, type Level, type ManifestLoadedData,
} from 'hls.js';
import type { DataMode } from './data_mode';
import { isWebKitOnLinux, letSoundGoBack } from './gstreamer_sound';
import { bufferGoal, hlsSettings, recallEstimateBps, rememberEstimate } from './hls_settings';
import { saveCap, sizeCap, type LevelFacts } from './level_choice';
import type { Source, SourceEvents } from './source';

const RETRY_MS = 15_000;

/* Decoding fails now and then on weak phones; more often than this in a row and it is the media. */
const MAX_MEDIA_RECOVERIES = 3;

const isGone = (status: number | undefined): boolean =>
  status === 401 || status === 403 || status === 404 || status === 410;

/* iPhones have the managed kind alone. */
const mediaSource = (): typeof MediaSource | undefined =>
  (globalThis as { ManagedMediaSource?: typeof MediaSource }).ManagedMediaSource ?? globalThis.MediaSource;

const factsOf = (level: Level): LevelFacts => ({
  height_px: level.height,
  average_bps: level.averageBitrate || level.bitrate,
});

export class HlsSource implements Source {
  static isSupported(): boolean {
    return Hls.isSupported();
  }

  readonly knowsOpus = mediaSource()?.isTypeSupported('audio/mp4; codecs="opus"') ?? false;
  private readonly hls: Hls;
  private mode: DataMode = 'auto';
  private isPlaying = false;
  private hasProblem = false;
  private nRecoveries = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private position_s = 0;
  private sound: string | null = null;

  constructor(
    private readonly media: HTMLMediaElement,
    private readonly events: SourceEvents,
  ) {
    this.hls = new Hls(hlsSettings(recallEstimateBps()));
    this.hls.on(Hls.Events.MANIFEST_LOADED, this.onLoaded);
    this.hls.on(Hls.Events.MANIFEST_PARSED, this.onManifest);
    this.hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, this.onSounds);
    this.hls.on(Hls.Events.FRAG_BUFFERED, this.onFragment);
    if (isWebKitOnLinux(navigator.userAgent)) this.hls.on(Hls.Events.BUFFER_CREATED, this.onBuffers);
    this.hls.on(Hls.Events.ERROR, this.onError);
    this.hls.attachMedia(media);
    window.addEventListener('online', this.retry);
    window.addEventListener('resize', this.applyMode); /* fullscreen, or the phone was turned */
  }

  open(url: string, position_s: number): void {
    clearTimeout(this.retryTimer);
    this.position_s = position_s;
    this.hls.loadSource(url);
  }

  play(): void {
    this.isPlaying = true;
    this.applyBufferGoal();
  }

  setMode(mode: DataMode): void {
    this.mode = mode;
    this.applyBufferGoal();
    this.applyMode();
  }

  setSound(name: string): void {
    this.sound = name;
    this.applySound();
  }

  destroy(): void {
    clearTimeout(this.retryTimer);
    window.removeEventListener('online', this.retry);
    window.removeEventListener('resize', this.applyMode);
    this.hls.destroy();
  }

  private applyBufferGoal(): void {
    if (this.isPlaying) Object.assign(this.hls.config, bufferGoal(this.mode));
  }

  /* What is buffered stays: it is paid for. Only "sharp" replaces it, since people ask for that to
   * read something now. */
  private readonly applyMode = (): void => {
    const { hls, mode, media } = this;
    const facts = hls.levels.map(factsOf);
    if (facts.length === 0) return;
    if (mode === 'sharp') {
      hls.nextLevel = facts.length - 1;
      return;
    }
    const screen_px = media.clientHeight * window.devicePixelRatio;
    hls.autoLevelCapping = mode === 'save' ? saveCap(facts) : sizeCap(facts, screen_px);
    hls.loadLevel = -1;
  };

  private readonly onLoaded = (_event: string, { subtitles }: ManifestLoadedData): void => {
    this.events.onCaptions((subtitles ?? []).map(({ lang, url }) => ({ language: lang ?? 'und', url })));
  };

  /* Each quality has its own group, with a sound of each name. */
  private readonly onSounds = (_event: string, { audioTracks }: AudioTracksUpdatedData): void => {
    this.events.onSounds(audioTracks.map(({ name }) => name));
    this.applySound();
  };

  private applySound(): void {
    const i = this.hls.audioTracks.findIndex(({ name }) => name === this.sound);
    if (i >= 0 && i !== this.hls.audioTrack) this.hls.audioTrack = i;
  }

  /* A position is always given: on a playlist that still grows hls.js would start at its end. */
  private readonly onManifest = (): void => {
    this.applyMode();
    this.hls.startLoad(this.position_s);
  };

  private readonly onBuffers = (_event: string, { tracks }: BufferCreatedData): void => {
    const buffer = tracks.audio?.buffer;
    if (buffer instanceof SourceBuffer) letSoundGoBack(buffer);
  };

  private readonly onFragment = (): void => {
    this.nRecoveries = 0;
    rememberEstimate(this.hls.bandwidthEstimate);
    if (!this.hasProblem) return;
    this.hasProblem = false;
    this.events.onRecovered();
  };

  private readonly onError = (_event: string, data: ErrorData): void => {
    if (isGone(data.response?.code)) {
      this.report('gone');
      return;
    }
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
      this.report('network');
      this.retryLater();
    } else if (data.type === Hls.ErrorTypes.MEDIA_ERROR && this.nRecoveries < MAX_MEDIA_RECOVERIES) {
      this.nRecoveries++;
      this.hls.recoverMediaError();
    } else {
      this.report('broken');
    }
  };

  private report(problem: 'network' | 'gone' | 'broken'): void {
    this.hasProblem = true;
    this.events.onProblem(problem);
  }

  private retryLater(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(this.retry, RETRY_MS);
  }

  /* hls.js gives up after its retries; a learner without network for an hour does not. */
  private readonly retry = (): void => {
    if (!this.hasProblem) return;
    clearTimeout(this.retryTimer);
    const { hls, media } = this;
    if (hls.levels.length > 0) hls.startLoad(media.currentTime || this.position_s);
    else if (hls.url) hls.loadSource(hls.url);
  };
}
