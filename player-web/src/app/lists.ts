// SPDX-License-Identifier: GPL-3.0-or-later
/* Lists that come in parts: the first one at once, the following ones when somebody asks. */
import { useRef } from 'preact/hooks';
import { ApiError, json } from './api';
import { useResource, type ResourceHandle, type ResourceOptions } from './resource';
import type { Next } from './types';

/** A part of a list of the server's. */
export interface Page {
  next: Next;
}

/** A list of the server's, and how its parts are put together. */
export interface List<T extends Page> {
  load: (after?: string | null) => Promise<T>;
  join: (shown: T, added: T) => T;
}

export interface ListHandle<T> extends ResourceHandle<T> {
  /** Adds the next part. Throws an ApiError; what is there stays. */
  more: () => Promise<void>;
}

type Member<T> = { [K in keyof T]: T[K] extends readonly unknown[] ? K : never }[keyof T];
type Row<T> = T[Member<T>] extends readonly (infer R)[] ? R : never;

const idOf = (row: unknown): string => String((row as { id?: unknown }).id);

/** The list at a path, whose answer has its rows in `member`; `key` tells two rows apart. */
export function listAt<T extends Page>(path: string, member: Member<T>, key: (row: Row<T>) => string = idOf): List<T> {
  const rows = (list: T): Row<T>[] => list[member] as Row<T>[];
  return {
    async load(after) {
      const list = await json<T>(after ? `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}` : path);
      if (!Array.isArray(list?.[member])) throw new ApiError('broken', 200); /* no list is no empty list */
      return { ...list, next: typeof list.next === 'string' ? list.next : null };
    },
    /* Rows that moved to the next part meanwhile are not shown twice. */
    join(shown, added) {
      const known = new Set(rows(shown).map(key));
      return { ...shown, ...added, [member]: [...rows(shown), ...rows(added).filter((row) => !known.has(key(row)))] };
    },
  };
}

/** The parts of a list up to the one where `isEnough` holds, or all of them. */
export async function loadUntil<T extends Page>(list: List<T>, isEnough: (value: T, nParts: number) => boolean): Promise<T> {
  let value = await list.load();
  for (let nParts = 1; value.next && !isEnough(value, nParts); nParts++) value = list.join(value, await list.load(value.next));
  return value;
}

export const loadAll = <T extends Page>(list: List<T>): Promise<T> => loadUntil(list, () => false);

/** As useResource; a refresh fetches as many parts as are shown. */
export function useList<T extends Page>(
  list: List<T>,
  dependencies: readonly unknown[] = [],
  options: ResourceOptions<T> = {},
): ListHandle<T> {
  const shown = useRef({ nParts: 1, of: '' });
  const of = JSON.stringify(dependencies);
  if (shown.current.of !== of) shown.current = { nParts: 1, of };
  const resource = useResource(
    () => loadUntil(list, (_, nParts) => nParts >= shown.current.nParts),
    dependencies,
    options,
  );
  const more = (): Promise<void> =>
    resource.extend(async (value) => {
      if (!value.next) return value;
      const grown = list.join(value, await list.load(value.next));
      shown.current.nParts++;
      return grown;
    });
  return { state: resource.state, refresh: resource.refresh, extend: resource.extend, more };
}
