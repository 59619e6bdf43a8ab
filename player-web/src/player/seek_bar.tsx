// SPDX-License-Identifier: GPL-3.0-or-later
/* Where in the lecture: a slider over what is played, what is fetched and what is still to come. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock, spokenTime } from '../app/format';
import { t } from './text';
import type { PlayerEngine } from './engine';
import { bufferedAhead } from './media_state';
import { SeekPreview } from './seek_preview';

/* While a finger drags, the position follows it; the seek happens when it rests this long. */
const DRAG_REST_MS = 250;

export interface SeekBarProps {
  engine: PlayerEngine;
  duration_s: number | null;
  /** Small pictures for dragging; null for none. */
  storyboard: string | null;
}

/** Whether a finger or a mouse drags the slider. A tap does not: it asks for no pictures. */
function useDrag(): { isDragged: boolean; onTaken: () => void; onMove: () => void; onLeft: () => void } {
  const [isDragged, setDragged] = useState(false);
  const nMoves = useRef(-1); /* since it was taken, -1: it is not held */
  const onTaken = (): void => {
    nMoves.current = 0;
  };
  const onMove = (): void => {
    if (nMoves.current >= 0 && ++nMoves.current > 1) setDragged(true);
  };
  const onLeft = (): void => {
    nMoves.current = -1;
    setDragged(false);
  };
  return { isDragged, onTaken, onMove, onLeft };
}

export function SeekBar({ engine, duration_s, storyboard }: SeekBarProps): JSX.Element {
  const state = engine.state.value;
  const [dragged_s, setDragged] = useState<number | null>(null);
  const drag = useDrag();
  const total_s = Math.max(duration_s ?? 0, state.available_s);
  const now_s = dragged_s ?? state.position_s;

  useEffect(() => {
    if (dragged_s === null) return undefined;
    const timer = setTimeout(() => {
      engine.seek(dragged_s);
      setDragged(null);
    }, DRAG_REST_MS);
    return () => clearTimeout(timer);
  }, [dragged_s]);

  const share = (seconds: number): string => `${total_s > 0 ? Math.min(100, (seconds / total_s) * 100) : 0}%`;
  return (
    <div class="seek">
      <span class="seek-time">{clock(now_s)}</span>
      <div class="seek-track">
        <input
          class="seek-range"
          type="range"
          min={0}
          max={Math.max(1, Math.floor(total_s))}
          step={1}
          value={now_s}
          disabled={total_s <= 0}
          aria-label={t('watch.seek')}
          aria-valuetext={t('watch.position', { now: spokenTime(now_s), total: spokenTime(total_s) })}
          style={{
            '--played': share(now_s),
            '--fetched': share(now_s + bufferedAhead(state)),
            '--available': share(state.available_s),
          }}
          onInput={(event) => {
            setDragged(Math.min(event.currentTarget.valueAsNumber, state.available_s));
            drag.onMove();
          }}
          onPointerDown={drag.onTaken}
          onPointerUp={drag.onLeft}
          onPointerCancel={drag.onLeft}
          onBlur={drag.onLeft}
        />
        {storyboard && <SeekPreview url={storyboard} at_s={now_s} share={share(now_s)} isDragged={drag.isDragged} />}
      </div>
      <span class="seek-time seek-total">{clock(total_s)}</span>
    </div>
  );
}
