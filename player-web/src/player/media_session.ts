// SPDX-License-Identifier: GPL-3.0-or-later
/* The lecture on the lock screen and under the keys of a headset. */
import type { PlayerEngine } from './engine';
import { SKIP_S } from './keyboard';

export interface NowPlaying {
  title: string;
  course: string;
  poster: string | null;
}

/** Returns how to take it away again. */
export function showInMediaSession(engine: PlayerEngine, { title, course, poster }: NowPlaying): () => void {
  if (!('mediaSession' in navigator)) return () => undefined;
  const { mediaSession } = navigator;
  const handlers: [MediaSessionAction, MediaSessionActionHandler][] = [
    ['play', () => engine.play()],
    ['pause', () => engine.pause()],
    ['seekbackward', (details) => engine.skip(-(details.seekOffset ?? SKIP_S))],
    ['seekforward', (details) => engine.skip(details.seekOffset ?? SKIP_S)],
    ['seekto', (details) => engine.seek(details.seekTime ?? 0)],
  ];

  mediaSession.metadata = new MediaMetadata({
    title,
    artist: course,
    artwork: poster ? [{ src: poster }] : [],
  });
  for (const [action, handler] of handlers) setHandler(action, handler);
  return () => {
    mediaSession.metadata = null;
    for (const [action] of handlers) setHandler(action, null);
  };
}

function setHandler(action: MediaSessionAction, handler: MediaSessionActionHandler | null): void {
  try {
    navigator.mediaSession.setActionHandler(action, handler);
  } catch {
    /* an action this browser does not know */
  }
}
