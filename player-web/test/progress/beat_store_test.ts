// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it, vi } from 'vitest';
import { dropStashed, MemoryStore, openBeatStore, stash, unstash } from '../../src/progress/beat_store';
import { beat } from './beat_fixture';

for (const [name, open] of [
  ['IndexedDB', openBeatStore],
  ['memory', async () => new MemoryStore()],
] as const) {
  describe(`beat store in ${name}`, () => {
    it('gives beats of one person in order', async () => {
      const store = await open();
      await store.put(beat({ user: `${name}1`, session: 'b', seq: 0 }));
      await store.put(beat({ user: `${name}1`, session: 'a', seq: 10 }));
      await store.put(beat({ user: `${name}1`, session: 'a', seq: 9 }));
      await store.put(beat({ user: 'someone else', session: 'c' }));
      const found = await store.first(`${name}1`, 10);
      expect(found.map(({ session, seq }) => `${session}${seq}`)).toEqual(['a9', 'a10', 'b0']);
      expect(await store.first(`${name}1`, 1)).toHaveLength(1);
      expect(await store.count(`${name}1`)).toBe(3);
    });

    it('keeps one beat per session and sequence number', async () => {
      const store = await open();
      await store.put(beat({ user: `${name}2`, session: 's', position_s: 1 }));
      await store.put(beat({ user: `${name}2`, session: 's', position_s: 2 }));
      expect(await store.first(`${name}2`, 10)).toMatchObject([{ position_s: 2 }]);
    });

    it('removes only what it is told to', async () => {
      const store = await open();
      const [first, second] = [beat({ user: `${name}3`, seq: 0 }), beat({ user: `${name}3`, seq: 1 })];
      await store.put(first);
      await store.put(second);
      await store.remove([first]);
      expect(await store.first(`${name}3`, 10)).toEqual([second]);
    });
  });
}

describe('beat store', () => {
  it('falls back to memory where IndexedDB is forbidden', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    expect(await openBeatStore()).toBeInstanceOf(MemoryStore);
  });

  it('falls back to memory when IndexedDB never answers, so that a lecture can start', async () => {
    vi.useFakeTimers();
    vi.spyOn(indexedDB, 'open').mockReturnValue(new EventTarget() as IDBOpenDBRequest);
    const opening = openBeatStore();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await opening).toBeInstanceOf(MemoryStore);
    vi.useRealTimers();
  });
});

describe('stash of a closing page', () => {
  it('moves into the store on the next page', async () => {
    const store = new MemoryStore();
    stash(beat({ seq: 4 }));
    await unstash(store);
    expect(await store.first('u', 10)).toHaveLength(1);
    await unstash(new MemoryStore());
    expect(localStorage).toHaveLength(0);
  });

  it('forgets what the server has acknowledged meanwhile', async () => {
    const store = new MemoryStore();
    stash(beat({ seq: 4 }));
    stash(beat({ seq: 5 }));
    dropStashed([beat({ seq: 4 })]);
    await unstash(store);
    expect(await store.first('u', 10)).toMatchObject([{ seq: 5 }]);
  });
});
