// SPDX-License-Identifier: GPL-3.0-or-later
/* One opened player's progress: listens to a media element, records what is played, makes beats.
 *
 * A beat is made every 15 s of playing and on pause, seek, hide and end; an empty one when the page
 * opens, which starts the clock against which the server checks what is claimed of the lecture. */
import { type Beat, newSession } from './beat';
import type { BeatSender } from './beat_sender';
import { WatchRecorder } from './recorder';

const BEAT_MS = 15_000;

/* Dragging along the seek bar seeks many times a second; one beat at its end says it all. */
const SEEK_QUIET_MS = 1_500;

export interface TrackerOptions {
  media: HTMLMediaElement;
  sender: Pick<BeatSender, 'add' | 'addOnHide'>;
  user: string;
  lecture: string;
  /** Called with every beat made, for the page's own picture of the progress. */
  onBeat?: (beat: Beat) => void;
  now?: () => number;
}

export class ProgressTracker {
  private readonly recorder = new WatchRecorder();
  private readonly session = newSession();
  private readonly options: Required<TrackerOptions>;
  private readonly listeners: [EventTarget, string, () => void][];
  private seq = 0;
  private interval: ReturnType<typeof setInterval> | undefined;
  private seekTimer: ReturnType<typeof setTimeout> | undefined;
  private reported_s = -1; /* the position in the last beat */
  private hasBegun = false;

  constructor(options: TrackerOptions) {
    this.options = { onBeat: () => undefined, now: Date.now, ...options };
    const { media } = options;
    this.listeners = [
      [media, 'playing', this.onProgress],
      [media, 'timeupdate', this.onProgress],
      [media, 'pause', this.onPause],
      [media, 'waiting', this.onWaiting],
      [media, 'seeking', this.onSeeking],
      [media, 'ratechange', this.onRate],
      [media, 'ended', this.onPause],
      [document, 'visibilitychange', this.onVisibility],
      [window, 'pagehide', this.onHide],
    ];
    for (const [target, type, listener] of this.listeners) target.addEventListener(type, listener);
    this.interval = setInterval(this.onInterval, BEAT_MS);
  }

  /** The place to start from is known: says that the player is open there. Without it the first
   * beat waits for something played, since it would overwrite a position nobody could read. */
  opened(position_s: number): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.makeBeat(position_s);
  }

  /** Stops listening; what was played and not yet said goes out first. */
  destroy(): void {
    this.onHide();
    for (const [target, type, listener] of this.listeners) target.removeEventListener(type, listener);
    clearInterval(this.interval);
    clearTimeout(this.seekTimer);
  }

  private readonly onProgress = (): void => {
    const { media, now } = this.options;
    if (!media.paused && !media.seeking) this.recorder.progressed(media.currentTime, now());
  };

  private readonly onPause = (): void => {
    const { media, now } = this.options;
    if (!media.seeking) this.recorder.stopped(media.currentTime, now());
    this.beatIfNews();
  };

  private readonly onWaiting = (): void => {
    const { media, now } = this.options;
    if (!media.seeking) this.recorder.stopped(media.currentTime, now());
  };

  private readonly onSeeking = (): void => {
    this.recorder.sought(); /* currentTime is already the new place */
    clearTimeout(this.seekTimer);
    this.seekTimer = setTimeout(this.beatIfNews, SEEK_QUIET_MS);
  };

  private readonly onRate = (): void => {
    const { media, now } = this.options;
    this.recorder.rateChanged(media.playbackRate, media.currentTime, now());
  };

  private readonly onInterval = (): void => {
    this.onProgress();
    if (this.recorder.hasPlayed()) this.beatIfNews();
  };

  private readonly onVisibility = (): void => {
    if (document.hidden) this.onHide();
  };

  private readonly onHide = (): void => {
    this.onProgress();
    const beat = this.nextBeat();
    if (beat) this.options.sender.addOnHide(beat);
  };

  private readonly beatIfNews = (): void => {
    const beat = this.nextBeat();
    if (beat) void this.options.sender.add(beat);
  };

  /** The beat to send now, or null when there is nothing new to say. */
  private nextBeat(): Beat | null {
    const { media } = this.options;
    const hasMoved = this.hasBegun && Math.abs(media.currentTime - this.reported_s) > 0.5;
    if (!this.recorder.hasPlayed() && !(hasMoved && media.readyState > 0)) return null;
    this.hasBegun = true;
    return this.compose(media.currentTime);
  }

  private makeBeat(position_s: number): void {
    void this.options.sender.add(this.compose(position_s));
  }

  private compose(position_s: number): Beat {
    const { user, lecture, now, onBeat } = this.options;
    const beat: Beat = {
      session: this.session,
      seq: this.seq++,
      user,
      lecture,
      watched: this.recorder.take(),
      position_s: Math.round(position_s * 1000) / 1000,
      made_at_ms: now(),
    };
    this.reported_s = position_s;
    onBeat(beat);
    return beat;
  }
}
