// SPDX-License-Identifier: GPL-3.0-or-later
/* Gets beats to the server: in order, a batch at a time, until they are acknowledged.
 *
 *            send()                  counted: next batch, or nothing left
 *    idle ───────────▶ sending ──────────────────────────────────────────▶ idle
 *      ▲                  │ no network, busy, broken
 *      │   timer, online  ▼                 signed out: until resume()
 *      └────────────── waiting              ──▶ stopped
 *
 * A beat leaves the store only when it has counted, or can never count. What the server says to
 * each one that did not count:
 *
 *     too-soon          held, and sent again when time has passed, a piece at a time (held_beats.ts)
 *     unknown-lecture   set aside for this page: a lecture may be hidden for a while and come back.
 *                       After MAX_UNKNOWN pages it is let go
 *     malformed         let go: its form is the same the next time
 *     anything else     set aside for this page: a later version of the app may know the word
 *
 * What has counted beside it has counted. A request that is wrong as a whole (a 4xx) is halved until
 * one beat stands alone, which is set aside for this page. */
import { signal } from '@preact/signals';
import { ApiError, at, call } from '../app/api';
import type { Range, Refusals } from '../app/types';
import { beatKey, firstBatch, inOrder, joinBeats, MAX_BATCH, MAX_WAITING, requestBody, type Beat } from './beat';
import { dropStashed, stash, unstash, type BeatStore } from './beat_store';
import { HeldBeats } from './held_beats';

export type SenderState = 'idle' | 'sending' | 'waiting' | 'stopped';

const FIRST_DELAY_MS = 2_000;
const MAX_DELAY_MS = 120_000;

const MAX_UNKNOWN = 5;

/** A beat that did not count: its place in the request, and why. */
export interface Refusal {
  index: number;
  reason: string;
}

/** Sends one request; resolves when the server has answered for every beat in it, with those that it
 * refused. */
export type Post = (body: unknown, keepalive: boolean) => Promise<readonly Refusal[]>;

async function postToServer(body: unknown, keepalive: boolean): Promise<readonly Refusal[]> {
  const response = await call(at`/progress`, { method: 'POST', body, keepalive });
  if (response.status === 204) return [];
  try {
    const { refused } = (await response.json()) as Refusals;
    return refused.map(({ index, reason }) => ({ index, reason }));
  } catch {
    throw new ApiError('broken', response.status); /* nobody knows what has counted: all again */
  }
}

export interface SenderOptions {
  user: string;
  store: BeatStore;
  post?: Post;
  /** Milliseconds of a clock that does not jump. */
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
  private readonly held = new HeldBeats();
  private readonly mine = new Map<string, Beat>(); /* this page's own, not yet acknowledged */
  /* Of a piece: the beat that it was cut from, and what of that is left. */
  private readonly cuts = new WeakMap<Beat, { whole: Beat; rest: Range[] }>();
  private last: Beat | null = null;
  private run: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private delayMs = FIRST_DELAY_MS;
  private batchLimit = MAX_BATCH;
  private isAsked = false;
  private isEnded = false;

  constructor({ user, store, post = postToServer, now = () => performance.now() }: SenderOptions) {
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
     * it starts the clock against which the server checks. */
    const canJoin = isFull && last !== null && last.session === beat.session && last.seq > 0;
    const joined = canJoin ? joinBeats(last, beat) : null;
    const kept = joined ?? beat;
    this.last = kept;
    this.mine.set(beatKey(kept), kept);
    await this.store.put(kept).catch(() => undefined); /* a full disk: this page still has it */
    if (joined && last) await this.letGo([last]); /* the joined one says it too */
    await this.recount();
    void this.send();
  }

  /** The page may be gone in a moment: keeps the beat at once and tries to send it meanwhile,
   * after those before it. */
  addOnHide(beat: Beat): void {
    stash(beat);
    this.last = beat;
    this.mine.set(beatKey(beat), beat);
    this.n_waiting.value++;
    const batch = firstBatch(this.due([...this.mine.values()]));
    void this.post(requestBody(batch), true)
      .then((refused) => this.settle(batch, refused))
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
        const next_ms = this.held.nextIn(this.now());
        if (next_ms !== null) this.retryIn(Math.max(next_ms, FIRST_DELAY_MS));
        return;
      }
      this.state.value = 'sending';
      try {
        await this.settle(batch, await this.post(requestBody(batch), false));
        this.delayMs = FIRST_DELAY_MS;
        this.batchLimit = MAX_BATCH;
      } catch (error) {
        if (!this.goesOnAfter(error, batch)) return;
      }
    }
  }

  /** The server has answered for each of them; batch has what was sent, pieces of beats perhaps. */
  private async settle(batch: readonly Beat[], refused: readonly Refusal[]): Promise<void> {
    const reasons = new Map(refused.map(({ index, reason }) => [index, reason]));
    const over: Beat[] = [];
    for (const [index, piece] of batch.entries()) {
      const reason = reasons.get(index);
      if (reason === undefined ? await this.counted(piece) : await this.isOverAfter(piece, reason)) over.push(piece);
    }
    await this.letGo(over);
    await this.recount();
  }

  /** True when all of the beat has counted; else what is left of it waits in its place. */
  private async counted(piece: Beat): Promise<boolean> {
    const cut = this.cuts.get(piece);
    if (!cut) return true;
    this.held.release(beatKey(piece));
    await this.keep({ ...cut.whole, watched: cut.rest });
    return false;
  }

  /** True when a refused beat can never count. */
  private async isOverAfter(piece: Beat, reason: string): Promise<boolean> {
    const key = beatKey(piece);
    const beat = this.cuts.get(piece)?.whole ?? piece;
    if (reason === 'too-soon') {
      this.held.hold(key, piece, this.now());
      return false;
    }
    const n_unknown = (beat.n_unknown ?? 0) + 1;
    if (reason === 'malformed' || (reason === 'unknown-lecture' && n_unknown >= MAX_UNKNOWN)) return true;
    this.setAside.add(key);
    if (reason === 'unknown-lecture') await this.keep({ ...beat, n_unknown });
    return false;
  }

  private async keep(beat: Beat): Promise<void> {
    if (this.mine.has(beatKey(beat))) this.mine.set(beatKey(beat), beat);
    await this.store.put(beat).catch(() => this.mine.set(beatKey(beat), beat));
  }

  private async letGo(beats: readonly Beat[]): Promise<void> {
    for (const beat of beats) {
      this.mine.delete(beatKey(beat));
      this.held.forget(beatKey(beat));
    }
    dropStashed(beats);
    try {
      await this.store.remove(beats);
    } catch {
      for (const beat of beats) this.setAside.add(beatKey(beat)); /* or it would be sent for ever */
    }
  }

  /** What is in the store, and this page's own that the store could not take; in order. */
  private async sendable(): Promise<Beat[]> {
    const n = this.batchLimit + this.setAside.size + this.held.size;
    const stored = await this.store.first(this.user, n).catch(() => []);
    const all = new Map([...stored, ...this.mine.values()].map((beat) => [beatKey(beat), beat]));
    if (stored.length < n) this.held.keepOnly(new Set(all.keys())); /* there are no others */
    return this.due([...all.values()]);
  }

  /** Those that may be sent now, in order; of a long one that was refused, a piece. */
  private due(beats: readonly Beat[]): Beat[] {
    const now_ms = this.now();
    const isDue = (key: string): boolean => !this.setAside.has(key) && this.held.isDue(key, now_ms);
    return beats
      .filter((beat) => isDue(beatKey(beat)))
      .sort(inOrder)
      .map((beat) => this.cut(beat));
  }

  private cut(beat: Beat): Beat {
    const cut = this.held.cut(beatKey(beat), beat);
    if (!cut) return beat;
    const piece = { ...beat, watched: cut.piece };
    this.cuts.set(piece, { whole: beat, rest: cut.rest });
    return piece;
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
      else this.setAside.add(beatKey(batch[0] as Beat));
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
