// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listAt, loadAll, loadUntil } from '../../src/app/lists';
import { courses } from '../../src/features/catalogue/api';
import type { LectureList } from '../../src/app/types';
import { fakeServer, lectureWith } from '../helpers';

afterEach(() => vi.restoreAllMocks());

const part = (ids: string[], next: string | null): LectureList => ({ lectures: ids.map((id) => lectureWith({ id })), next });
const lectures = listAt<LectureList>('/lectures', 'lectures', ({ id }) => id);
const ids = (list: LectureList): string[] => list.lectures.map(({ id }) => id);

describe('lists in parts', () => {
  it('are joined without showing a row twice', () => {
    const list = lectures.join(part(['a', 'b'], 'x'), part(['b', 'c'], null));
    expect(ids(list)).toEqual(['a', 'b', 'c']);
    expect(list.next).toBeNull();
  });

  it('are followed until it is enough', async () => {
    const parts: Record<string, LectureList> = { '': part(['a'], 'x'), x: part(['b'], 'y'), y: part(['c'], null) };
    const list = { ...lectures, load: async (after?: string | null) => parts[after ?? ''] ?? part([], null) };
    expect(ids(await loadUntil(list, (_, nParts) => nParts >= 2))).toEqual(['a', 'b']);
    expect(ids(await loadAll(list))).toEqual(['a', 'b', 'c']);
  });

  it('are no list when the server answers something else', async () => {
    for (const body of [{}, { courses: null }, null, 'text', []]) {
      fakeServer({ 'GET /api/v1/courses': { body } });
      await expect(courses.load()).rejects.toMatchObject({ kind: 'broken' });
    }
  });

  it('are fetched whole where all are needed, the 201st course too', async () => {
    const course = (id: string) => ({ id, title: id, n_lectures: 1, duration_s: 1 });
    fakeServer({
      'GET /api/v1/courses': { body: { courses: [course('a')], next: 'a+/=' } },
      'GET /api/v1/courses?after=a%2B%2F%3D': { body: { courses: [course('z')], next: null } },
    });
    expect((await loadAll(courses)).courses.map(({ id }) => id)).toEqual(['a', 'z']);
  });
});
