// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/common/api';
import { MAX_WAITING } from '../../src/progress/beat';
import { BeatSender, type Post } from '../../src/progress/beat_sender';
import { MemoryStore, stash } from '../../src/progress/beat_store';
import { beat } from './beat_fixture';

type Body = { session: string; beats: { seq: number }[] };

const sequences = (post: { mock: { calls: unknown[][] } }): number[][] =>
  post.mock.calls.map(([body]) => (body as Body).beats.map(({ seq }) => seq));

let store: MemoryStore;
let sender: BeatSender;

function make(post: Post): BeatSender {
  sender = new BeatSender({ user: 'u', store, post, now: () => 5000 });
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
    const post = vi.fn<Post>(() => new Promise((resolve) => { answer = () => resolve(undefined); }));
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

    post.mockReset().mockResolvedValue(undefined);
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
    const post = vi.fn<Post>().mockRejectedValueOnce(new ApiError('busy', 503, {}, 30)).mockResolvedValue(undefined);
    make(post);
    await sender.add(beat());
    await vi.advanceTimersByTimeAsync(29_999);
    expect(post).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(post).toHaveBeenCalledTimes(2);
    expect(await store.count('u')).toBe(0);
  });

  it('stops when signed out, keeps everything, and goes on after signing in', async () => {
    const post = vi.fn<Post>().mockRejectedValueOnce(new ApiError('signed_out', 401)).mockResolvedValue(undefined);
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
    const post = vi.fn<Post>().mockResolvedValue(undefined);
    await make(post).start();
    await vi.advanceTimersByTimeAsync(0);
    expect(post.mock.calls.map(([body]) => (body as Body).session)).toEqual(['old', 'older']);
    expect(localStorage).toHaveLength(0);
  });

  it('leaves the beats of other people alone', async () => {
    await store.put(beat({ user: 'sister' }));
    const post = vi.fn<Post>().mockResolvedValue(undefined);
    await make(post).start();
    await vi.advanceTimersByTimeAsync(0);
    expect(post).not.toHaveBeenCalled();
    expect(await store.count('sister')).toBe(1);
  });

  it('on hide keeps the beat at once and sends those before it along, in order', async () => {
    const post = vi.fn<Post>().mockRejectedValue(new ApiError('offline', 0));
    make(post);
    await sender.add(beat({ seq: 0 }));
    post.mockReset().mockResolvedValue(undefined);
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
      { seq: 1, watched: [[0, 9]], position_s: 9 },
    ]);
  });

  it('sends from memory when the phone\'s storage fails, and not for ever', async () => {
    const full = new DOMException('full', 'QuotaExceededError');
    vi.spyOn(store, 'put').mockRejectedValue(full);
    vi.spyOn(store, 'remove').mockRejectedValue(full);
    const post = vi.fn<Post>().mockResolvedValue(undefined);
    make(post);
    await sender.add(beat());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sequences(post)).toEqual([[0]]);
    expect(sender.n_waiting.value).toBe(0);
  });
});
