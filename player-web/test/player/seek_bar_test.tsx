// SPDX-License-Identifier: GPL-3.0-or-later
import { signal } from '@preact/signals';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlayerEngine } from '../../src/player/engine';
import { NO_MEDIA } from '../../src/player/media_state';
import { SeekBar } from '../../src/player/seek_bar';
import { draw, type } from '../helpers';

const CUES = 'WEBVTT\n\n00:00:00.000 --> 00:01:00.000\ns-0.jpg#xywh=0,0,160,90\n\n00:01:00.000 --> 00:02:00.000\ns-0.jpg#xywh=160,0,160,90\n';

function drawBar(storyboard: string | null) {
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(CUES));
  const engine = { state: signal({ ...NO_MEDIA, available_s: 120 }), seek: vi.fn() };
  const root = draw(<SeekBar engine={engine as unknown as PlayerEngine} duration_s={120} storyboard={storyboard} />);
  return { root, slider: root.querySelector('input') as HTMLInputElement, fetched };
}

const pointer = (slider: HTMLElement, kind: string): Promise<void> =>
  act(async () => {
    slider.dispatchEvent(new Event(kind, { bubbles: true }));
    await Promise.resolve();
  });

async function pass(ms: number): Promise<void> {
  await act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('seek bar', () => {
  it('shows the picture of where it is dragged to, once the thumb rests', async () => {
    const { root, slider, fetched } = drawBar('/v/t/p/storyboard.vtt');
    await pointer(slider, 'pointerdown');
    await type(slider, '50');
    await type(slider, '70');
    await pass(10);
    expect(fetched).toHaveBeenCalledOnce();
    expect(root.querySelector('.seek-preview')).toBeNull();
    await pass(200);
    const tile = root.querySelector<HTMLElement>('.seek-preview .tile-picture');
    expect(tile?.style.backgroundImage).toContain('/v/t/p/s-0.jpg');
    expect(tile?.style.backgroundPosition).toBe('-160px 0px');
    await pointer(slider, 'pointerup');
    expect(root.querySelector('.seek-preview')).toBeNull();
  });

  it('fetches nothing for a tap, nor for keys', async () => {
    const { slider, fetched } = drawBar('/v/t/p/storyboard.vtt');
    await pointer(slider, 'pointerdown');
    await type(slider, '50');
    await pointer(slider, 'pointerup');
    await type(slider, '51');
    await type(slider, '52');
    await pass(500);
    expect(fetched).not.toHaveBeenCalled();
  });

  it('does without where there is no storyboard', async () => {
    const { root, slider, fetched } = drawBar(null);
    await pointer(slider, 'pointerdown');
    await type(slider, '50');
    await type(slider, '70');
    await pass(500);
    expect(fetched).not.toHaveBeenCalled();
    expect(root.querySelector('.seek-preview')).toBeNull();
  });
});
