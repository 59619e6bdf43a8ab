// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LoadFeed, POLL_MS } from '../../../src/features/load/load_feed';
import { fakeServer } from '../../helpers';

class FakeEvents extends EventTarget {
  static latest: FakeEvents;
  onmessage: ((event: MessageEvent<string>) => void) | null = null;
  onerror: (() => void) | null = null;
  isClosed = false;
  constructor(readonly url: string) {
    super();
    FakeEvents.latest = this;
  }
  close(): void {
    this.isClosed = true;
  }
  say(value: string): void {
    this.onmessage?.(new MessageEvent('message', { data: value }));
  }
}

let feed: LoadFeed;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.stubGlobal('EventSource', FakeEvents);
  feed = new LoadFeed();
});

afterEach(() => {
  feed.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('load feed', () => {
  it('is live while events come', async () => {
    fakeServer({ 'GET /api/v1/admin/load': { body: { n_viewers: 1 } } });
    feed.start();
    FakeEvents.latest.say('{"n_viewers": 7}');
    expect(feed.state.value).toBe('live');
    expect(feed.view.value?.figures).toMatchObject([{ value: 7 }]);
  });

  it('asks when events do not get through, and is live again when they do', async () => {
    const fetched = fakeServer({ 'GET /api/v1/admin/load': { body: { n_viewers: 2 } } });
    feed.start();
    await vi.advanceTimersByTimeAsync(0);
    FakeEvents.latest.onerror?.();
    expect(feed.state.value).toBe('polling');
    await vi.advanceTimersByTimeAsync(POLL_MS * 2);
    expect(fetched).toHaveBeenCalledTimes(3);
    expect(feed.history.get('n_viewers')).toHaveLength(3);
    FakeEvents.latest.say('{"n_viewers": 9}');
    expect(feed.state.value).toBe('live');
  });

  it('asks when events fall silent', async () => {
    const fetched = fakeServer({ 'GET /api/v1/admin/load': { body: {} } });
    feed.start();
    FakeEvents.latest.say('{}');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetched.mock.calls.length).toBeGreaterThan(2);
  });

  it('keeps what it showed, and its time, when nothing answers', async () => {
    fakeServer({});
    feed.start();
    FakeEvents.latest.say('{"n_viewers": 7}');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(feed.error.value?.kind).toBe('offline');
    expect(feed.view.value?.figures).toMatchObject([{ value: 7 }]);
    expect(feed.at_ms.value).toBe(1_000_000);
  });

  it('is quiet while paused', async () => {
    const fetched = fakeServer({ 'GET /api/v1/admin/load': { body: {} } });
    feed.start();
    feed.pause();
    const { latest } = FakeEvents;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(latest.isClosed).toBe(true);
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(feed.state.value).toBe('paused');
    expect(feed.view.value).toBeNull();
  });

  it('keeps a bounded past', () => {
    fakeServer({});
    feed.start();
    for (let i = 0; i < 500; i++) FakeEvents.latest.say(`{"n_viewers": ${i}}`);
    expect(feed.history.get('n_viewers')?.length).toBeLessThanOrEqual(60);
  });
});
