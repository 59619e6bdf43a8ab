// SPDX-License-Identifier: GPL-3.0-or-later
/* Fullscreen for the player with its controls; on iPhones only the video itself can have it. */
import { useEffect, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

interface IosVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

interface LockableOrientation {
  lock?: (orientation: 'landscape') => Promise<void>;
}

async function enter(player: HTMLElement, video: IosVideo | null): Promise<void> {
  if (!('requestFullscreen' in player)) {
    video?.webkitEnterFullscreen?.();
    return;
  }
  await player.requestFullscreen({ navigationUI: 'hide' });
  await (screen.orientation as LockableOrientation | undefined)?.lock?.('landscape');
}

export interface Fullscreen {
  isOn: boolean;
  toggle: () => void;
}

export function useFullscreen(player: RefObject<HTMLElement | null>, video: RefObject<HTMLVideoElement | null>): Fullscreen {
  const [isOn, setOn] = useState(false);
  useEffect(() => {
    const onChange = (): void => setOn(document.fullscreenElement === player.current);
    document.addEventListener('fullscreenchange', onChange);
    return () => document.removeEventListener('fullscreenchange', onChange);
  }, []);

  const toggle = (): void => {
    /* refused without a tap, or a phone that cannot lock its orientation: nothing is lost */
    if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
    else if (player.current) void enter(player.current, video.current).catch(() => undefined);
  };
  return { isOn, toggle };
}
