// SPDX-License-Identifier: GPL-3.0-or-later
/* Beats that the server has not acknowledged yet: in IndexedDB, so that they survive a closed tab, a
 * flat battery and days without network; in memory where a browser has no IndexedDB to offer. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { forget, recall, remember } from '../app/storage';
import { inOrder, type Beat } from './beat';

export interface BeatStore {
  put(beat: Beat): Promise<void>;
  remove(beats: readonly Beat[]): Promise<void>;
  /** Up to limit beats of one person: session by session, each in order. */
  first(user: string, limit: number): Promise<Beat[]>;
  count(user: string): Promise<number>;
}

interface Schema extends DBSchema {
  beats: { key: [string, number]; value: Beat; indexes: { user: string } };
}

class IndexedStore implements BeatStore {
  constructor(private readonly db: IDBPDatabase<Schema>) {}

  async put(beat: Beat): Promise<void> {
    await this.db.put('beats', beat);
  }

  async remove(beats: readonly Beat[]): Promise<void> {
    const change = this.db.transaction('beats', 'readwrite');
    await Promise.all(beats.map(({ session, seq }) => change.store.delete([session, seq])));
    await change.done;
  }

  first(user: string, limit: number): Promise<Beat[]> {
    return this.db.getAllFromIndex('beats', 'user', user, limit); /* sorted by the primary key */
  }

  count(user: string): Promise<number> {
    return this.db.countFromIndex('beats', 'user', user);
  }
}

export class MemoryStore implements BeatStore {
  private readonly beats = new Map<string, Beat>();

  async put(beat: Beat): Promise<void> {
    this.beats.set(`${beat.session}/${beat.seq}`, beat);
  }

  async remove(beats: readonly Beat[]): Promise<void> {
    for (const { session, seq } of beats) this.beats.delete(`${session}/${seq}`);
  }

  async first(user: string, limit: number): Promise<Beat[]> {
    return this.of(user).sort(inOrder).slice(0, limit);
  }

  async count(user: string): Promise<number> {
    return this.of(user).length;
  }

  private of(user: string): Beat[] {
    return [...this.beats.values()].filter((beat) => beat.user === user);
  }
}

async function openIndexed(): Promise<BeatStore> {
  const db = await openDB<Schema>('banmai', 1, {
    upgrade(fresh) {
      fresh.createObjectStore('beats', { keyPath: ['session', 'seq'] }).createIndex('user', 'user');
    },
  });
  return new IndexedStore(db);
}

/* A browser whose storage hangs must not keep a lecture from starting. */
const OPEN_TIMEOUT_MS = 3_000;

export async function openBeatStore(): Promise<BeatStore> {
  const late = new Promise<BeatStore>((resolve) => {
    setTimeout(() => resolve(new MemoryStore()), OPEN_TIMEOUT_MS);
  });
  try {
    return await Promise.race([openIndexed(), late]);
  } catch {
    return new MemoryStore();
  }
}

/* IndexedDB answers too late for a page that is being closed; localStorage is written at once. The
 * last beat of a closing page is stashed there and moved to the store by the next page. */
const STASH = 'stash';
const MAX_STASHED = 20; /* pages closed in a row without one being opened: tabs of one phone */

export function stash(beat: Beat): void {
  const others = (recall<Beat[]>(STASH) ?? []).filter((old) => old.session !== beat.session || old.seq !== beat.seq);
  remember(STASH, [...others, beat].slice(-MAX_STASHED));
}

export async function unstash(store: BeatStore): Promise<void> {
  const beats = recall<Beat[]>(STASH);
  if (!beats) return;
  await Promise.all(beats.map((beat) => store.put(beat)));
  forget(STASH);
}

/** Drops acknowledged beats from the stash too, or a later page would send them again. */
export function dropStashed(beats: readonly Beat[]): void {
  const stashed = recall<Beat[]>(STASH);
  if (!stashed) return;
  const rest = stashed.filter((old) => !beats.some((beat) => beat.session === old.session && beat.seq === old.seq));
  if (rest.length > 0) remember(STASH, rest);
  else forget(STASH);
}
