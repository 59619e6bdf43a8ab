// SPDX-License-Identifier: GPL-3.0-or-later
import { signal } from '@preact/signals';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CaptionTrack } from '../../src/player/captions';
import { Controls } from '../../src/player/controls';
import type { DataMode } from '../../src/player/data_mode';
import type { PlayerEngine } from '../../src/player/engine';
import { NO_MEDIA, type MediaState } from '../../src/player/media_state';
import { byText, click, draw, fakeServer, settle, type } from '../helpers';

const playback = { hls: '/v/t/multivariant.m3u8', audio: '/v/t/audio.m3u8', poster: null };

function fakeEngine(state: Partial<MediaState> = {}) {
  return {
    state: signal<MediaState>({ ...NO_MEDIA, available_s: 600, ...state }),
    mode: signal<DataMode>('auto'),
    captions: signal<CaptionTrack[]>([]),
    caption: signal<string | null>(null),
    setCaption: vi.fn(),
    sounds: signal<string[]>([]),
    sound: signal<string | null>(null),
    setSound: vi.fn(),
    toggle: vi.fn(),
    skip: vi.fn(),
    seek: vi.fn(),
    setRate: vi.fn(),
    setMode: vi.fn(),
    setMuted: vi.fn(),
    addresses: () => playback,
  };
}

let engine: ReturnType<typeof fakeEngine>;

function drawControls(state: Partial<MediaState> = {}): HTMLElement {
  engine = fakeEngine(state);
  return draw(
    <Controls
      engine={engine as unknown as PlayerEngine}
      playback={playback}
      duration_s={600}
      fullscreen={{ isOn: false, toggle: () => undefined }}
    />,
  );
}

beforeEach(() => {
  vi.useRealTimers();
});

describe('controls', () => {
  it('have a name each, and only ask the engine', async () => {
    const root = drawControls();
    for (const button of root.querySelectorAll('button')) {
      expect(button.getAttribute('aria-label') ?? button.textContent).toBeTruthy();
    }
    await click(root.querySelector<HTMLElement>('[aria-label="Phát"]') as HTMLElement);
    await click(root.querySelector<HTMLElement>('[aria-label="Lùi 10 giây"]') as HTMLElement);
    expect(engine.toggle).toHaveBeenCalledOnce();
    expect(engine.skip).toHaveBeenCalledWith(-10);
    expect(root.querySelector('[aria-label="Phát"]')).not.toBeNull();
  });

  it('offer the sounds by their names where there are several', async () => {
    const root = drawControls();
    expect(root.textContent).not.toContain('Tiếng');
    engine.sounds.value = ['Micro'];
    engine.sound.value = 'Micro';
    await settle();
    expect(root.textContent).not.toContain('Micro');
    engine.sounds.value = ['Micro', 'Máy tính'];
    await settle();
    await click(byText(root, 'button', 'TiếngMicro'));
    await click(byText(document.body, 'button, label', 'Máy tính'));
    expect(engine.setSound).toHaveBeenCalledWith('Máy tính');
  });

  it('follow the state', () => {
    const root = drawControls({ isPaused: false, position_s: 125, rate: 1.5 });
    expect(root.querySelector('[aria-label="Tạm dừng"]')).not.toBeNull();
    expect(root.textContent).toContain('2:05');
    expect(root.textContent).toContain('1,5×');
    expect(root.querySelector('input')?.getAttribute('aria-valuetext')).toBe('2 phút 5 giây trên 10 phút 0 giây');
  });

  it('seek once when dragging rests, and not beyond what is there', async () => {
    vi.useFakeTimers();
    const root = drawControls({ available_s: 300 });
    const slider = root.querySelector('input') as HTMLInputElement;
    await type(slider, '200');
    await type(slider, '500');
    vi.advanceTimersByTime(300);
    expect(engine.seek.mock.calls).toEqual([[300]]);
  });

  it('offer captions where there are some, by the names of their languages', async () => {
    const root = drawControls();
    expect(root.textContent).not.toContain('Phụ đề');
    engine.captions.value = [
      { language: 'vi', url: 'c1/media.m3u8' },
      { language: 'und', url: 'c2/media.m3u8' },
    ];
    await settle();
    await click(byText(root, '.option', 'Phụ đề'));
    const names = [...root.querySelectorAll('[role=radio]')].map((choice) => choice.textContent);
    expect(names).toEqual(['Tắt', 'Tiếng Việt', 'Bật']);
    await click(byText(root, '[role=radio]', 'Tiếng Việt'));
    expect(engine.setCaption).toHaveBeenCalledWith('vi');
    engine.caption.value = 'vi';
    await settle();
    await click(byText(root, '.option', 'Phụ đề'));
    await click(byText(root, '[role=radio]', 'Tắt'));
    expect(engine.setCaption).toHaveBeenLastCalledWith(null);
  });

  it('offer speeds, and close when one is chosen', async () => {
    const root = drawControls();
    await click(byText(root, '.option', 'Tốc độ'));
    await click(byText(root, '[role=radio]', '1,5×'));
    expect(engine.setRate).toHaveBeenCalledWith(1.5);
    expect(root.querySelector('dialog')).toBeNull();
  });

  it('say what each way of watching costs', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
      const bps = String(url).includes('audio') ? 32_000 : 64_000;
      return new Response(`#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=${bps}\nx.m3u8\n`);
    });
    const root = drawControls();
    await click(byText(root, '.option', 'Dữ liệu'));
    await settle();
    expect(byText(root, '[role=radio]', 'Tiết kiệm').textContent).toContain('29 MB/giờ');
    expect(byText(root, '[role=radio]', 'Chỉ nghe tiếng').textContent).toContain('14 MB/giờ');
    await click(byText(root, '[role=radio]', 'Chỉ nghe tiếng'));
    expect(engine.setMode).toHaveBeenCalledWith('audio');
  });

  it('still offer the choice when the playlist cannot be read', async () => {
    fakeServer({});
    const root = drawControls();
    await click(byText(root, '.option', 'Dữ liệu'));
    await settle();
    expect(byText(root, '[role=radio]', 'Tiết kiệm').textContent).toContain('chưa rõ');
  });
});
