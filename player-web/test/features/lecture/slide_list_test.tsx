// SPDX-License-Identifier: GPL-3.0-or-later
import { signal } from '@preact/signals';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SlideList } from '../../../src/features/lecture/slide_list';
import type { PlayerEngine } from '../../../src/player/engine';
import { NO_MEDIA } from '../../../src/player/media_state';
import { byText, click, draw, fakeServer, settle } from '../../helpers';

const slides = [
  { id: 1, start_s: 0, tile: 'storyboard-0.jpg#xywh=0,0,160,90' },
  { id: 2, start_s: 65.4, tile: 'storyboard-0.jpg#xywh=160,0,160,90' },
  { id: 3, start_s: 66, tile: null },
];

function drawList(position_s = 0, hasStarted = true) {
  const engine = {
    state: signal({ ...NO_MEDIA, position_s }),
    hasStarted: signal(hasStarted),
    seek: vi.fn(),
    play: vi.fn(),
  };
  const scrollIntoView = vi.fn();
  const video = { current: { scrollIntoView } as unknown as HTMLVideoElement };
  const root = draw(<SlideList url="/v/t/p/slides.json" engine={engine as unknown as PlayerEngine} video={video} />);
  return { root, engine, scrollIntoView };
}

afterEach(() => vi.restoreAllMocks());

describe('slide list', () => {
  it('costs nothing until it is opened, and is fetched once', async () => {
    const fetched = fakeServer({ 'GET /v/t/p/slides.json': { body: { pictures: 'still', slides } } });
    const { root } = drawList();
    await settle();
    expect(fetched).not.toHaveBeenCalled();
    const toggle = byText(root, 'button', 'Các trang chiếu');
    expect(toggle.getAttribute('aria-expanded')).toBe('false');
    await click(toggle);
    await settle();
    expect(toggle.getAttribute('aria-expanded')).toBe('true');
    expect(fetched).toHaveBeenCalledOnce();
    expect(root.querySelectorAll('.slide')).toHaveLength(3);
    await click(toggle);
    expect(root.querySelectorAll('.slide')).toHaveLength(0);
  });

  it('names each slide and its time, marks the one that is shown, and jumps', async () => {
    fakeServer({ 'GET /v/t/p/slides.json': { body: { pictures: 'still', slides } } });
    const { root, engine, scrollIntoView } = drawList(65.5);
    await click(byText(root, 'button', 'Các trang chiếu'));
    await settle();
    const second = root.querySelector<HTMLElement>('[aria-label="Trang 2, từ 1 phút 5 giây"]');
    expect(root.querySelector('[aria-current]')).toBe(second);
    expect(root.querySelectorAll('.tile-picture')).toHaveLength(2);
    await click(second as HTMLElement);
    expect(engine.seek).toHaveBeenCalledWith(65.4);
    expect(engine.play).not.toHaveBeenCalled();
    expect(scrollIntoView).toHaveBeenCalled();
  });

  it('starts the lecture when it has not begun', async () => {
    fakeServer({ 'GET /v/t/p/slides.json': { body: { pictures: 'still', slides } } });
    const { root, engine } = drawList(0, false);
    await click(byText(root, 'button', 'Các trang chiếu'));
    await settle();
    await click(root.querySelectorAll<HTMLElement>('.slide')[2] as HTMLElement);
    expect(engine.seek).toHaveBeenCalledWith(66);
    expect(engine.play).toHaveBeenCalledOnce();
  });

  it('says so when it cannot be had, and offers to try again', async () => {
    fakeServer({});
    const { root } = drawList();
    await click(byText(root, 'button', 'Các trang chiếu'));
    await settle();
    expect(root.querySelector('[role=alert]')?.textContent).toContain('Thử lại');
  });
});
