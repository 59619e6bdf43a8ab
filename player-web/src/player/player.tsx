// SPDX-License-Identifier: GPL-3.0-or-later
/* The player as people see it: picture, words, controls, keys. */
import type { JSX, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Lecture, Playback } from '../app/types';
import { t } from './text';
import { Controls } from './controls';
import type { PlayerEngine } from './engine';
import { useFullscreen } from './fullscreen';
import { keyRequest, type KeyRequest } from './keyboard';
import { StageWords } from './stage';

/* In fullscreen the controls leave the picture alone after this long without a touch. */
const IDLE_MS = 3_500;

export function obey(request: KeyRequest, engine: PlayerEngine, toggleFullscreen: () => void): void {
  switch (request.do) {
    case 'toggle':
      engine.toggle();
      break;
    case 'fullscreen':
      toggleFullscreen();
      break;
    case 'mute':
      engine.setMuted(!engine.state.peek().isMuted);
      break;
    case 'skip':
      engine.skip(request.by_s);
      break;
    case 'part':
      engine.seek((engine.state.peek().available_s * request.tenths) / 10);
      break;
    case 'volume':
      engine.stepVolume(request.by);
      break;
    case 'rate':
      engine.stepRate(request.step);
      break;
  }
}

function useKeys(engine: PlayerEngine | null, toggleFullscreen: () => void): void {
  useEffect(() => {
    if (!engine) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest('dialog, textarea, select, input:not([type=range])')) return;
      const request = keyRequest(event, target?.closest('button, a, summary, input') !== null);
      if (!request) return;
      event.preventDefault();
      obey(request, engine, toggleFullscreen);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [engine]);
}

function useIdle(player: RefObject<HTMLElement | null>, isWatched: boolean): boolean {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => {
    const element = player.current;
    if (!isWatched || !element) {
      setIdle(false);
      return undefined;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wake = (): void => {
      clearTimeout(timer);
      setIdle(false);
      timer = setTimeout(() => setIdle(true), IDLE_MS);
    };
    const types = ['pointermove', 'pointerdown', 'keydown', 'focusin'];
    for (const type of types) element.addEventListener(type, wake);
    wake();
    return () => {
      clearTimeout(timer);
      for (const type of types) element.removeEventListener(type, wake);
    };
  }, [isWatched]);
  return isIdle;
}

export interface PlayerProps {
  lecture: Lecture;
  playback: Playback;
  video: RefObject<HTMLVideoElement | null>;
  view: { engine: PlayerEngine; start_s: number } | null;
  isLoading: boolean;
  /** More of it will follow. */
  isGrowing: boolean;
}

export function Player({ lecture, playback, video, view, isLoading, isGrowing }: PlayerProps): JSX.Element {
  const player = useRef<HTMLElement>(null);
  const fullscreen = useFullscreen(player, video);
  const engine = view?.engine ?? null;
  const isPlaying = engine !== null && !engine.state.value.isPaused;
  const isIdle = useIdle(player, fullscreen.isOn && isPlaying);
  const isAudio = engine?.mode.value === 'audio';
  useKeys(engine, fullscreen.toggle);

  return (
    <section ref={player} class={`player ${isIdle ? 'player-idle' : ''}`} aria-label={t('watch.player')}>
      <div class="stage">
        <video
          ref={video}
          class="stage-video"
          playsInline
          preload="none"
          poster={playback.poster ?? undefined}
          aria-label={t('watch.video', { title: lecture.title })}
          onClick={() => engine?.toggle()}
        />
        {isLoading && (
          <div class="stage-start" role="status">
            <span class="loading-dots" aria-hidden="true" />
            <span>{t('state.loading')}</span>
          </div>
        )}
        {isAudio && <p class="stage-audio">{t('data.audio')}</p>}
        {view && (
          <StageWords
            engine={view.engine}
            start_s={view.start_s}
            isGrowing={isGrowing}
            hasAudio={playback.audio !== null}
          />
        )}
      </div>
      {engine ? (
        <Controls engine={engine} playback={playback} duration_s={lecture.duration_s} fullscreen={fullscreen} />
      ) : (
        <div class="controls controls-empty" />
      )}
    </section>
  );
}
