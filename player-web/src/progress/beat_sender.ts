// SPDX-License-Identifier: GPL-3.0-or-later
/* Gets beats to the server: in order, a batch at a time, until they are acknowledged.
 *
 *            send()                  counted: next batch, or nothing left
 *    idle ───────────▶ sending ──────────────────────────────────────────▶ idle
 *      ▲                  │ no network, busy, broken
 *      │   timer, online  ▼                 signed out: until resume()
 *      └────────────── waiting              ──▶ stopped
 *
 * A beat leaves the store only when the server has answered for it. One that the server calls wrong
 * (a 4xx) is set aside for this page, so that it does not hold up the others; a later version of
 * the app gets another try. */
import { signal } from '@preact/signals';
import { ApiError, call, PROGRESS_PATH } from '../common/api';
import { firstBatch, inOrder, joinBeats, MAX_BATCH, MAX_WAITING, requestBody, type Beat } from './beat';
import { dropStashed, stash, unstash, type BeatStore } from './beat_store';

export type SenderState = 'idle' | 'sending' | 'waiting' | 'stopped';

const FIRST_DELAY_MS = 2_000;
const MAX_DELAY_MS = 120_000;

/** Sends one request; resolves when the server has answered for every beat in it: counted, or
 * refused for good (more seconds than there was time for, a lecture that is gone). */
export type Post = (body: unknown, keepalive: boolean) => Promise<unknown>;

const postToServer: Post = (body, keepalive) => call(PROGRESS_PATH, { method: 'POST', body, keepalive });

export interface SenderOptions {
  user: string;
  store: BeatStore;
  post?: Post;
  now?: () => number;
}

export class BeatSender {
  readonly state = signal<SenderState>('idle');
  /** Beats the server has not acknowledged. */
  readonly n_waiting = signal(0);

  private readonly user: string;
  private readonly store: BeatStore;
  private readonly post: Post;
  private readonly now: () => number;
  private readonly setAside = new Set<string>();
  private readonly mine = new Map<string, Beat>(); /* this page's own, not yet acknowledged */
  private last: Beat | null = null;
  private run: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private delayMs = FIRST_DELAY_MS;
  private batchLimit = MAX_BATCH;
  private isAsked = false;
  private isEnded = false;

  constructor({ user, store, post = postToServer, now = Date.now }: SenderOptions) {
    this.user = user;
    this.store = store;
    this.post = post;
    this.now = now;
  }

  /** Takes over what earlier pages left behind and sends it. */
  async start(): Promise<void> {
    window.addEventListener('online', this.onOnline);
    await unstash(this.store).catch(() => undefined); /* they stay stashed */
    await this.recount();
    void this.send();
  }

  destroy(): void {
    this.isEnded = true;
    clearTimeout(this.timer);
    window.removeEventListener('online', this.onOnline);
  }

  /** Keeps the beat, then sends what is waiting. */
  async add(beat: Beat): Promise<void> {
    const isFull = (await this.recount()) >= MAX_WAITING;
    const { last } = this;
    /* Full: the beat is joined to the one before it. The first beat of a session stays as it is:
     * it starts the clock against which the server checks the session. */
    const canJoin = isFull && last !== null && last.session === beat.session && last.seq > 0;
    const joined = canJoin ? joinBeats(last, beat) : null;
    const kept = joined ? { ...joined, seq: last?.seq ?? beat.seq } : beat;
    this.last = kept;
    this.mine.set(key(kept), kept);
    await this.store.put(kept).catch(() => undefined); /* a full disk: this page still has it */
    await this.recount();
    void this.send();
  }

  /** The page may be gone in a moment: keeps the beat at once and tries to send it meanwhile,
   * after those before it, for the server checks a session in order. */
  addOnHide(beat: Beat): void {
    stash(beat);
    this.last = beat;
    this.mine.set(key(beat), beat);
    this.n_waiting.value++;
    const batch = firstBatch([...this.mine.values()].sort(inOrder));
    void this.post(requestBody(batch, this.now()), true)
      .then(() => this.acknowledge(batch))
      .catch(() => this.store.put(beat))
      .catch(() => undefined); /* it is stashed: the next page has it */
  }

  /** After signing in again. */
  resume(): void {
    this.delayMs = FIRST_DELAY_MS;
    void this.send();
  }

  /** Sends until nothing is left or something is in the way. Resolves then. */
  send(): Promise<void> {
    this.isAsked = true;
    if (this.run) return this.run;
    clearTimeout(this.timer);
    this.run = this.sendAll().finally(() => {
      this.run = null;
    });
    return this.run;
  }

  private async sendAll(): Promise<void> {
    for (;;) {
      this.isAsked = false;
      const batch = firstBatch(await this.sendable(), this.batchLimit);
      if (batch.length === 0 && this.isAsked) continue; /* a beat came while we looked */
      if (batch.length === 0 || this.isEnded) {
        this.state.value = 'idle';
        return;
      }
      this.state.value = 'sending';
      try {
        await this.post(requestBody(batch, this.now()), false);
        await this.acknowledge(batch);
        this.delayMs = FIRST_DELAY_MS;
        this.batchLimit = MAX_BATCH;
      } catch (error) {
        if (!this.goesOnAfter(error, batch)) return;
      }
    }
  }

  private async acknowledge(batch: readonly Beat[]): Promise<void> {
    for (const beat of batch) this.mine.delete(key(beat));
    dropStashed(batch);
    try {
      await this.store.remove(batch);
    } catch {
      for (const beat of batch) this.setAside.add(key(beat)); /* or it would be sent for ever */
    }
    await this.recount();
  }

  /** What is in the store, and this page's own that the store could not take; in order. */
  private async sendable(): Promise<Beat[]> {
    const stored = await this.store.first(this.user, this.batchLimit + this.setAside.size).catch(() => []);
    const all = new Map([...stored, ...this.mine.values()].map((beat) => [key(beat), beat]));
    return [...all.values()].filter((beat) => !this.setAside.has(key(beat))).sort(inOrder);
  }

  private async recount(): Promise<number> {
    const stored = await this.store.count(this.user).catch(() => 0);
    this.n_waiting.value = Math.max(stored, this.mine.size);
    return this.n_waiting.value;
  }

  private goesOnAfter(error: unknown, batch: readonly Beat[]): boolean {
    const failure = error instanceof ApiError ? error : new ApiError('offline', 0);
    if (failure.kind === 'signed_out') {
      this.state.value = 'stopped';
      return false;
    }
    if (failure.kind === 'refused' || failure.kind === 'not_found' || failure.kind === 'forbidden') {
      /* Which of them is wrong? Halve until it stands alone. */
      if (batch.length > 1) this.batchLimit = Math.ceil(batch.length / 2);
      else this.setAside.add(key(batch[0] as Beat));
      return true;
    }
    this.state.value = 'waiting';
    this.retryIn(failure.retryAfterS === null ? this.nextDelay() : failure.retryAfterS * 1000);
    return false;
  }

  /** Doubles, with a random part: a village's phones come back together. */
  private nextDelay(): number {
    const delay = this.delayMs;
    this.delayMs = Math.min(delay * 2, MAX_DELAY_MS);
    return delay * (0.75 + Math.random() / 2);
  }

  private retryIn(delayMs: number): void {
    if (this.isEnded) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), Math.min(delayMs, MAX_DELAY_MS * 5));
  }

  private readonly onOnline = (): void => {
    if (this.state.peek() === 'waiting') this.resume();
  };
}

function key(beat: Beat): string {
  return `${beat.session}/${beat.seq}`;
}
