// SPDX-License-Identifier: GPL-3.0-or-later
/* Lists that come in parts: the first one at once, the following ones when somebody asks. */
import { useRef } from 'preact/hooks';
import { api } from './api';
import { useResource, type ResourceHandle, type ResourceOptions } from './resource';
import type { CourseList, LectureList, Page, Quarantined, QuarantineList } from './types';

export interface PagesHandle<T> extends ResourceHandle<T> {
  /** Adds the next part. Throws an ApiError; what is there stays. */
  more: () => Promise<void>;
}

type Load<T> = (after?: string | null) => Promise<T>;
type Join<T> = (shown: T, added: T) => T;

/* Rows that moved to the next part meanwhile are not shown twice. */
function joined<R>(shown: R[], added: R[], id: (row: R) => string): R[] {
  const known = new Set(shown.map(id));
  return [...shown, ...added.filter((row) => !known.has(id(row)))];
}

export function joinLectures<T extends LectureList>(shown: T, added: T): T {
  return { ...shown, ...added, lectures: joined(shown.lectures, added.lectures, ({ id }) => id) };
}

export function joinCourses(shown: CourseList, added: CourseList): CourseList {
  return { ...added, courses: joined(shown.courses, added.courses, ({ id }) => id) };
}

export function joinQuarantine(shown: QuarantineList, added: QuarantineList): QuarantineList {
  const key = (row: Quarantined): string => `${row.lecture ?? ''}/${row.source_sha256}`;
  return { ...added, quarantine: joined(shown.quarantine, added.quarantine, key) };
}

/** The parts of a list up to the one where `isEnough` holds, or all of them. */
export async function loadUntil<T extends Page>(load: Load<T>, join: Join<T>, isEnough: (value: T, nParts: number) => boolean): Promise<T> {
  let value = await load();
  for (let nParts = 1; value.next && !isEnough(value, nParts); nParts++) value = join(value, await load(value.next));
  return value;
}

/** As useResource; a refresh fetches as many parts as are shown. */
export function usePages<T extends Page>(
  load: Load<T>,
  join: Join<T>,
  dependencies: readonly unknown[],
  options: ResourceOptions<T> = {},
): PagesHandle<T> {
  const shown = useRef({ nParts: 1, of: '' });
  const of = JSON.stringify(dependencies);
  if (shown.current.of !== of) shown.current = { nParts: 1, of };
  const resource = useResource(
    () => loadUntil(load, join, (_, nParts) => nParts >= shown.current.nParts),
    dependencies,
    options,
  );
  const more = (): Promise<void> =>
    resource.extend(async (value) => {
      if (!value.next) return value;
      const grown = join(value, await load(value.next));
      shown.current.nParts++;
      return grown;
    });
  return { state: resource.state, refresh: resource.refresh, extend: resource.extend, more };
}

/** All courses, for a choice among them. */
export const allCourses = (): Promise<CourseList> => loadUntil(api.courses, joinCourses, () => false);
