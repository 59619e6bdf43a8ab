// SPDX-License-Identifier: GPL-3.0-or-later
/* The picture and what is said over it: the large start button, waits in words, ways out. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { clock } from '../app/format';
import { t } from './text';
import { Icon } from '../ui/icon';
import { isOnline } from '../app/online';
import type { PlayerEngine } from './engine';
import { describeStall, type Stall } from './stall';

const TICK_MS = 500;

/** How long the player has been waiting for data, in steps of half a second. */
function useWaited(isWaiting: boolean): number {
  const [waited_ms, setWaited] = useState(0);
  useEffect(() => {
    setWaited(0);
    if (!isWaiting) return undefined;
    const since = performance.now();
    const timer = setInterval(() => setWaited(performance.now() - since), TICK_MS);
    return () => clearInterval(timer);
  }, [isWaiting]);
  return waited_ms;
}

function stallText(stall: Stall): string {
  if (stall.reason === 'growing') return t('stall.growing');
  if (stall.reason === 'offline') return t('stall.offline');
  return t('stall.waiting', { s: stall.seconds });
}

function Help({ engine, hasAudio }: { engine: PlayerEngine; hasAudio: boolean }): JSX.Element | null {
  const mode = engine.mode.value;
  if (mode === 'audio') return null;
  return (
    <div class="stall-help">
      {mode !== 'save' && (
        <button type="button" class="button button-small" onClick={() => engine.setMode('save')}>
          {t('data.save')}
        </button>
      )}
      {hasAudio && (
        <button type="button" class="button button-small" onClick={() => engine.setMode('audio')}>
          {t('data.audio')}
        </button>
      )}
    </div>
  );
}

function problemText(engine: PlayerEngine): string | null {
  const problem = engine.problem.value;
  if (problem === 'unsupported') return t('play.unsupported');
  if (problem === 'broken') return t('play.broken');
  return engine.isBlocked.value ? t('play.blocked') : null;
}

export interface StageWordsProps {
  engine: PlayerEngine;
  start_s: number;
  isGrowing: boolean;
  hasAudio: boolean;
}

export function StageWords({ engine, start_s, isGrowing, hasAudio }: StageWordsProps): ComponentChildren {
  const state = engine.state.value;
  const waited_ms = useWaited(state.isWaiting);
  const problem = problemText(engine);

  if (problem) {
    return (
      <div class="stage-words" role="alert">
        <p>{problem}</p>
      </div>
    );
  }
  if (!engine.hasStarted.value) return <StartButtons engine={engine} start_s={start_s} />;
  const stall = describeStall({ state, waited_ms, isOnline: isOnline.value, isGrowing });
  if (!stall) return null;
  return (
    <div class="stage-words" role="status">
      <span class="loading-dots" aria-hidden="true" />
      <p aria-hidden={stall.reason === 'weak'}>{stallText(stall)}</p>
      {stall.offersHelp && (
        <>
          <p class="stall-offer">{t('stall.help')}</p>
          <Help engine={engine} hasAudio={hasAudio} />
        </>
      )}
    </div>
  );
}

function StartButtons({ engine, start_s }: { engine: PlayerEngine; start_s: number }): JSX.Element {
  return (
    <div class="stage-start">
      <button type="button" class="start-button" onClick={() => engine.play()}>
        <span class="start-disc">
          <Icon name="play" />
        </span>
        <span class="start-label">
          {start_s > 0 ? t('watch.resume_at', { time: clock(start_s) }) : t('watch.start')}
        </span>
      </button>
      {start_s > 0 && (
        <button
          type="button"
          class="button button-small"
          onClick={() => {
            engine.seek(0);
            engine.play();
          }}
        >
          {t('watch.from_start')}
        </button>
      )}
    </div>
  );
}
