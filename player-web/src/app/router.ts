// SPDX-License-Identifier: GPL-3.0-or-later
/* The one router. A row of the table says which page an address has; links are ordinary links.
 *
 * A pattern names what its page gets, and the types follow: '/course/:id' gives { id: string },
 * '/login?next&again' gives { next?: string, again?: string }. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { keepScroll, restoreScroll } from './scroll';
import type { Role } from './types';

type PathNames<P extends string> = P extends `${string}:${infer N}/${infer Rest}`
  ? N | PathNames<Rest>
  : P extends `${string}:${infer N}`
    ? N
    : never;
type QueryNames<Q extends string> = Q extends `${infer N}&${infer Rest}` ? N | QueryNames<Rest> : Q;

/** What a pattern gives its page. */
export type Params<P extends string> = P extends `${infer Path}?${infer Query}`
  ? Record<PathNames<Path>, string> & Partial<Record<QueryNames<Query>, string>>
  : Record<PathNames<P>, string>;

export interface Route<T = Record<string, string>> {
  pattern: string;
  /** Whom the page is for; an admin sees it, too. Absent: for everybody. */
  role?: Role;
  page: ComponentType<T> & { load?: () => Promise<unknown> };
}

/** A row of the table, checked: its page takes what its pattern gives. */
export function route<P extends string>(row: Route<Params<P>> & { pattern: P }): Route {
  return row as unknown as Route;
}

export interface Place {
  path: string;
  query: URLSearchParams;
}

const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

export const place = signal<Place>(here());

/** True when this page was reached by a tap inside the app, so that a video may start at once. */
export const cameByTap = signal(false);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; /* a stray percent sign in a link someone typed */
  }
}

/** What the pattern finds at a place, or null when it is not of this pattern. */
export function match(pattern: string, { path, query }: Pick<Place, 'path' | 'query'>): Record<string, string> | null {
  const [wantPath = '', wantQuery = ''] = pattern.split('?');
  const want = wantPath.split('/').filter(Boolean);
  const have = path.split('/').filter(Boolean);
  if (want.length !== have.length) return null;

  const found: Record<string, string> = {};
  for (const [i, part] of want.entries()) {
    const value = have[i] ?? '';
    if (part.startsWith(':')) found[part.slice(1)] = decode(value);
    else if (part !== value) return null;
  }
  for (const name of wantQuery.split('&').filter(Boolean)) {
    const value = query.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}

let table: readonly Route[] = [];

/** The row of a place and what its page gets; null where there is no page. */
export function find(at: Pick<Place, 'path' | 'query'>): { row: Route; params: Record<string, string> } | null {
  for (const row of table) {
    const params = match(row.pattern, at);
    if (params) return { row, params };
  }
  return null;
}

/* Each entry of the history carries a number, by which its scrolling is kept. */
interface Entry {
  entry: number;
}

const entryOf = (state: unknown): number | null => (state as Entry | null)?.entry ?? null;
let entry = entryOf(history.state) ?? Date.now();

/** Goes to an address of this site: within the app where it has a page there, else by the browser.
 * Another query of the same path is the same page, which stays where it is. */
export function navigate(to: string, { replace = false } = {}): void {
  const url = new URL(to, location.href);
  if (url.origin !== location.origin || !find({ path: url.pathname, query: url.searchParams })) {
    if (replace) location.replace(url.href);
    else location.assign(url.href);
    return;
  }
  keepScroll(entry);
  if (!replace) entry = Date.now();
  const state: Entry = { entry };
  if (replace) history.replaceState(state, '', url.href);
  else history.pushState(state, '', url.href);
  cameByTap.value = true;
  const isOther = url.pathname !== place.peek().path;
  place.value = here();
  if (isOther) window.scrollTo(0, 0);
}

/** The page to return to after signing in; never another site. Browsers drop tabs and line ends from
 * addresses and resolve dots, so what counts is what they make of it. */
export function safeNext(next = '/'): string {
  if (!next.startsWith('/')) return '/';
  try {
    const url = new URL(next, location.origin);
    const local = url.pathname + url.search + url.hash;
    return url.origin === location.origin && /^\/(?![/\\])/.test(local) ? local : '/';
  } catch {
    return '/';
  }
}

/** The address of the sign-in page that leads back to here. */
export function loginPath(): string {
  const { path, query } = place.value;
  const search = query.toString();
  return `/login?next=${encodeURIComponent(search ? `${path}?${search}` : path)}`;
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

function onClick(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest('a');
  if (!link || event.defaultPrevented || !isPlainClick(event)) return;
  if (link.origin !== location.origin || link.target || link.hasAttribute('download')) return;
  const isHere = link.pathname === location.pathname && link.search === location.search;
  if (isHere && link.hash) return; /* a place on this page */
  if (!find({ path: link.pathname, query: new URLSearchParams(link.search) })) return;
  event.preventDefault();
  navigate(link.href, { replace: isHere });
}

function onPop(event: PopStateEvent): void {
  const known = entryOf(event.state);
  if (known === null) {
    /* A new entry for a place on this page, to which the browser has scrolled. */
    entry = Date.now();
    history.replaceState({ entry } satisfies Entry, '');
    return;
  }
  keepScroll(entry);
  entry = known;
  cameByTap.value = false;
  place.value = here();
  restoreScroll(entry);
}

/** Follows links and the history from now on. Returns how to stop. */
export function startRouter(routes: readonly Route[]): () => void {
  const onHide = (): void => keepScroll(entry);
  table = routes;
  history.scrollRestoration = 'manual';
  history.replaceState({ entry } satisfies Entry, '');
  document.addEventListener('click', onClick);
  window.addEventListener('popstate', onPop);
  window.addEventListener('pagehide', onHide);
  restoreScroll(entry);
  return () => {
    document.removeEventListener('click', onClick);
    window.removeEventListener('popstate', onPop);
    window.removeEventListener('pagehide', onHide);
  };
}
