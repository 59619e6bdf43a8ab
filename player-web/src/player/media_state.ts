// SPDX-License-Identifier: GPL-3.0-or-later
/* What the controls draw: a plain value read from a media element after each of its events. */
import type { Range } from '../app/types';

export interface MediaState {
  position_s: number;
  /** Length of what can be played now; grows while a lecture is being processed. */
  available_s: number;
  buffered: Range[];
  isPaused: boolean;
  isEnded: boolean;
  isSeeking: boolean;
  /** Playing is wanted but there is nothing to play. */
  isWaiting: boolean;
  rate: number;
  isMuted: boolean;
  hasPicture: boolean;
}

export const NO_MEDIA: MediaState = {
  position_s: 0,
  available_s: 0,
  buffered: [],
  isPaused: true,
  isEnded: false,
  isSeeking: false,
  isWaiting: false,
  rate: 1,
  isMuted: false,
  hasPicture: false,
};

/** Events after which the state may differ. */
export const MEDIA_EVENTS = [
  'play',
  'playing',
  'pause',
  'ended',
  'waiting',
  'stalled',
  'seeking',
  'seeked',
  'timeupdate',
  'durationchange',
  'loadeddata',
  'progress',
  'ratechange',
  'volumechange',
  'canplay',
  'emptied',
] as const;

function toRanges(times: TimeRanges): Range[] {
  return Array.from({ length: times.length }, (_, i): Range => [times.start(i), times.end(i)]);
}

/** The end of what can be sought to; a growing playlist's duration is not always finite. */
function availableEnd(media: HTMLMediaElement): number {
  if (Number.isFinite(media.duration)) return media.duration;
  const { seekable } = media;
  return seekable.length > 0 ? seekable.end(seekable.length - 1) : 0;
}

export function readMedia(media: HTMLVideoElement): MediaState {
  return {
    position_s: media.currentTime,
    available_s: availableEnd(media),
    buffered: toRanges(media.buffered),
    isPaused: media.paused,
    isEnded: media.ended,
    isSeeking: media.seeking,
    isWaiting: !media.paused && !media.ended && media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA,
    rate: media.playbackRate,
    isMuted: media.muted,
    hasPicture: media.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA,
  };
}

/** Seconds ready to play on from position. */
export function bufferedAhead(state: MediaState): number {
  const current = state.buffered.find(([from, to]) => from <= state.position_s + 0.1 && state.position_s < to);
  return current ? current[1] - state.position_s : 0;
}
