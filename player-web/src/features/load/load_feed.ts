// SPDX-License-Identifier: GPL-3.0-or-later
/* Live load figures: server-sent events, and where they do not get through, asking every few
 * seconds. What is shown always knows its age.
 *
 *    connecting ──event──▶ live ──connection lost──▶ polling ──event──▶ live
 *         └─────────error──────────────────────────────▲
 *    pause() and resume() end and begin this from any state */
import { signal } from '@preact/signals';
import { apiError, at, json, type ApiError } from '../../app/api';
import { viewLoad, type LoadView } from './load_view';

export type FeedState = 'connecting' | 'live' | 'polling' | 'paused';

export const POLL_MS = 5_000;

/* Events may come rarely on a quiet server; after this silence ask. */
const SILENCE_MS = 15_000;
const MAX_HISTORY = 60;

export interface Point {
  at_ms: number;
  value: number;
}

export class LoadFeed {
  readonly state = signal<FeedState>('connecting');
  readonly view = signal<LoadView | null>(null);
  readonly error = signal<ApiError | null>(null);
  readonly at_ms = signal(0);
  readonly history = new Map<string, Point[]>();

  private events: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    this.state.value = 'connecting';
    this.events = new EventSource(at`/admin/load/events`);
    this.events.onmessage = this.onMessage;
    this.events.addEventListener('load', this.onMessage);
    this.events.onerror = this.onLost;
    void this.poll();
  }

  pause(): void {
    this.stop();
    this.state.value = 'paused';
  }

  stop(): void {
    clearTimeout(this.timer);
    this.events?.close();
    this.events = null;
  }

  private readonly onMessage = (event: MessageEvent<string>): void => {
    try {
      this.take(JSON.parse(event.data) as unknown);
      this.state.value = 'live';
    } catch {
      this.onLost(); /* not JSON: ask instead */
      return;
    }
    this.pollAfter(SILENCE_MS);
  };

  /* EventSource tries again by itself unless the server refused it. */
  private readonly onLost = (): void => {
    if (this.state.peek() === 'polling') return;
    this.state.value = 'polling';
    this.pollAfter(POLL_MS);
  };

  private pollAfter(delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.poll(), delayMs);
  }

  private async poll(): Promise<void> {
    const { events } = this;
    try {
      const load = await json<unknown>(at`/admin/load`);
      if (this.events !== events) return; /* paused meanwhile */
      this.take(load);
    } catch (error) {
      if (this.events !== events) return;
      this.error.value = apiError(error);
    }
    this.pollAfter(this.state.peek() === 'live' ? SILENCE_MS : POLL_MS);
  }

  private take(load: unknown): void {
    const now_ms = Date.now();
    const view = viewLoad(load);
    for (const { path, value } of view.figures) {
      if (typeof value !== 'number') continue;
      const points = [...(this.history.get(path) ?? []), { at_ms: now_ms, value }];
      this.history.set(path, points.slice(-MAX_HISTORY));
    }
    this.error.value = null;
    this.at_ms.value = now_ms;
    this.view.value = view;
  }
}
