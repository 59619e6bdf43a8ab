// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/app/api';
import type { Range } from '../../src/app/types';
import { MAX_WAITING } from '../../src/progress/beat';
import { BeatSender, type Post, type Refusal } from '../../src/progress/beat_sender';
import { MemoryStore, stash } from '../../src/progress/beat_store';
import { beat } from './beat_fixture';

type Body = { session: string; beats: { seq: number; watched: Range[] }[] };

const sequences = (post: { mock: { calls: unknown[][] } }): number[][] =>
  post.mock.calls.map(([body]) => (body as Body).beats.map(({ seq }) => seq));

let store: MemoryStore;
let sender: BeatSender;

function make(post: Post): BeatSender {
  sender = new BeatSender({ user: 'u', store, post });
  return sender;
}

beforeEach(() => {
  vi.useFakeTimers();
  store = new MemoryStore();
});

afterEach(() => {
  sender.destroy();
  vi.useRealTimers();
});

describe('beat sender', () => {
  it('forgets a beat when the server has it, and not before', async () => {
    let answer = (): void => undefined;
    const post = vi.fn<Post>(() => new Promise((resolve) => { answer = () => resolve([]); }));
    const adding = make(post).add(beat());
    await adding;
    await vi.advanceTimersByTimeAsync(0);
    expect(await store.count('u')).toBe(1);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(await store.count('u')).toBe(0);
    expect(sender.state.value).toBe('idle');
  });

  it('keeps beats while there is no network, and sends them in order when it returns', async () => {
    const post = vi.fn<Post>().mockRejectedValue(new ApiError('offline', 0));
    make(post);
    await sender.start();
    await sender.add(beat({ seq: 0 }));
    await sender.add(beat({ seq: 1 }));
    await vi.advanceTimersByTimeAsync(0);
    expect(sender.state.value).toBe('waiting');
    expect(sender.n_waiting.value).toBe(2);

    post.mockReset().mockResolvedValue([]);
    window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(0);
    expect(sequences(post)).toEqual([[0, 1]]);
    expect(sender.n_waiting.value).toBe(0);
  });

  it('waits longer after each failure', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const post = vi.fn<Post>().mockRejectedValue(new ApiError('broken', 500));
    make(post);
    await sender.add(beat());
    await vi.advanceTimersByTimeAsync(1_999);
    expect(post).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(post).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(3_999);
    expect(post).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(post).toHaveBeenCalledTimes(3);
  });

  it('comes back when the server says so', async () => {
    const post = vi.fn<Post>().mockRejectedValueOnce(new ApiError('busy', 503, {}, 30)).mockResolvedValue([]);
    make(post);
    await sender.add(beat());
    await vi.advanceTimersByTimeAsync(29_999);
    expect(post).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(post).toHaveBeenCalledTimes(2);
    expect(await store.count('u')).toBe(0);
  });

  it('stops when signed out, keeps everything, and goes on after signing in', async () => {
    const post = vi.fn<Post>().mockRejectedValueOnce(new ApiError('signed_out', 401)).mockResolvedValue([]);
    make(post);
    await sender.add(beat());
    await vi.advanceTimersByTimeAsync(600_000);
    expect(sender.state.value).toBe('stopped');
    expect(post).toHaveBeenCalledTimes(1);
    expect(await store.count('u')).toBe(1);
    sender.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(await store.count('u')).toBe(0);
  });

  it('does not let one bad beat hold up the others, nor forgets it', async () => {
    const post = vi.fn<Post>(async (body) => {
      if ((body as Body).beats.some(({ seq }) => seq === 2)) throw new ApiError('refused', 400);
      return [];
    });
    for (let seq = 0; seq < 5; seq++) await store.put(beat({ seq }));
    await make(post).start();
    await vi.advanceTimersByTimeAsync(0);
    expect(await store.first('u', 9)).toMatchObject([{ seq: 2 }]);
    expect(sender.state.value).toBe('idle');
  });

  it('sends what an earlier page left behind, one session at a time', async () => {
    await store.put(beat({ session: 'old', seq: 7 }));
    stash(beat({ session: 'older', seq: 3 }));
    const post = vi.fn<Post>().mockResolvedValue([]);
    await make(post).start();
    await vi.advanceTimersByTimeAsync(0);
    expect(post.mock.calls.map(([body]) => (body as Body).session)).toEqual(['old', 'older']);
    expect(localStorage).toHaveLength(0);
  });

  it('leaves the beats of other people alone', async () => {
    await store.put(beat({ user: 'sister' }));
    const post = vi.fn<Post>().mockResolvedValue([]);
    await make(post).start();
    await vi.advanceTimersByTimeAsync(0);
    expect(post).not.toHaveBeenCalled();
    expect(await store.count('sister')).toBe(1);
  });

  it('on hide keeps the beat at once and sends those before it along, in order', async () => {
    const post = vi.fn<Post>().mockRejectedValue(new ApiError('offline', 0));
    make(post);
    await sender.add(beat({ seq: 0 }));
    post.mockReset().mockResolvedValue([]);
    sender.addOnHide(beat({ seq: 1 }));
    expect(localStorage).toHaveLength(1);
    expect(post.mock.calls[0]?.[1]).toBe(true);
    expect(sequences(post)).toEqual([[0, 1]]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await store.count('u')).toBe(0);
    expect(localStorage).toHaveLength(0);
  });

  it('on hide without network has the beat in the store', async () => {
    make(vi.fn<Post>().mockRejectedValue(new ApiError('offline', 0)));
    sender.addOnHide(beat({ seq: 1 }));
    await vi.advanceTimersByTimeAsync(0);
    expect(await store.count('u')).toBe(1);
  });

  it('joins beats when too many wait, but never the one that opens the session', async () => {
    make(vi.fn<Post>().mockRejectedValue(new ApiError('offline', 0)));
    vi.spyOn(store, 'count').mockResolvedValue(MAX_WAITING);
    await sender.add(beat({ seq: 0 }));
    await sender.add(beat({ seq: 1, watched: [[0, 5]] }));
    await sender.add(beat({ seq: 2, watched: [[5, 9]], position_s: 9 }));
    expect(await store.first('u', 9)).toMatchObject([
      { seq: 0 },
      { seq: 2, watched: [[0, 9]], position_s: 9 },
    ]);
  });

  it('sends from memory when the phone\'s storage fails, and not for ever', async () => {
    const full = new DOMException('full', 'QuotaExceededError');
    vi.spyOn(store, 'put').mockRejectedValue(full);
    vi.spyOn(store, 'remove').mockRejectedValue(full);
    const post = vi.fn<Post>().mockResolvedValue([]);
    make(post);
    await sender.add(beat());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sequences(post)).toEqual([[0]]);
    expect(sender.n_waiting.value).toBe(0);
  });

  it('keeps a beat that came too soon, and drops what counted beside it', async () => {
    const post = vi.fn<Post>().mockResolvedValueOnce([{ index: 1, reason: 'too-soon' }]).mockResolvedValue([]);
    for (let seq = 0; seq < 3; seq++) await store.put(beat({ seq, watched: [[seq, seq + 1]] }));
    await make(post).start();
    await vi.advanceTimersByTimeAsync(0);
    expect(await store.first('u', 9)).toMatchObject([{ seq: 1 }]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(sequences(post)).toEqual([[0, 1, 2], [1]]);
    expect(await store.count('u')).toBe(0);
  });

  it('sends an hour that was played without a network in pieces that fit, and loses no second of it', async () => {
    const counted = new Set<number>();
    let bucket_s = 30;
    let at_ms = performance.now();
    const post = vi.fn<Post>(async (body) => {
      bucket_s += (2.2 * (performance.now() - at_ms)) / 1000;
      at_ms = performance.now();
      const refused: Refusal[] = [];
      for (const [index, { watched }] of (body as Body).beats.entries()) {
        const fresh: number[] = [];
        for (const [from, to] of watched) {
          for (let s = Math.round(from); s < Math.round(to); s++) if (!counted.has(s)) fresh.push(s);
        }
        if (fresh.length > bucket_s) {
          refused.push({ index, reason: 'too-soon' });
          continue;
        }
        bucket_s -= fresh.length;
        for (const s of fresh) counted.add(s);
      }
      return refused;
    });
    await store.put(beat({ seq: 0, watched: [[0.2, 1800.1], [1900, 3700.3]] }));
    await store.put(beat({ seq: 1, watched: [[3700.3, 3715]] }));
    await make(post).start();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(counted.size).toBe(1800 + 1815);
    expect(await store.count('u')).toBe(0);
    expect(post.mock.calls.length).toBeLessThan(400);
  });

  it('goes on with a lecture that is hidden on the next pages, and gives up after some', async () => {
    const post = vi.fn<Post>().mockResolvedValue([{ index: 0, reason: 'unknown-lecture' }]);
    await store.put(beat());
    for (let page = 0; page < 5; page++) {
      expect(await store.count('u')).toBe(1);
      await make(post).start();
      await vi.advanceTimersByTimeAsync(600_000);
      expect(post).toHaveBeenCalledTimes(page + 1);
      sender.destroy();
    }
    expect(await store.count('u')).toBe(0);
  });

  it('lets a malformed beat go, and keeps one that is refused for a reason it does not know', async () => {
    const post = vi.fn<Post>().mockResolvedValueOnce([
      { index: 0, reason: 'malformed' },
      { index: 1, reason: 'of a later server' },
    ]);
    await store.put(beat({ seq: 0 }));
    await store.put(beat({ seq: 1 }));
    await make(post).start();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(await store.first('u', 9)).toMatchObject([{ seq: 1 }]);
    expect(post).toHaveBeenCalledTimes(1);
  });

  it('on hide keeps what came too soon', async () => {
    make(vi.fn<Post>().mockResolvedValue([{ index: 0, reason: 'too-soon' }]));
    sender.addOnHide(beat({ seq: 1, watched: [[0, 60]] }));
    await vi.advanceTimersByTimeAsync(0);
    expect(sender.n_waiting.value).toBe(1);
    expect(localStorage).toHaveLength(1);
  });

  it('does not turn in a circle for a held beat that is gone', async () => {
    const post = vi.fn<Post>().mockResolvedValueOnce([{ index: 0, reason: 'too-soon' }]).mockResolvedValue([]);
    const held = beat({ seq: 4 });
    await store.put(held);
    await make(post).start();
    await vi.advanceTimersByTimeAsync(0);
    await store.remove([held]);
    const first = vi.spyOn(store, 'first');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(first.mock.calls.length).toBeLessThan(3);
    expect(post).toHaveBeenCalledTimes(1);
  });
});
