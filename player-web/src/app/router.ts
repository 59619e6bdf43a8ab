// SPDX-License-Identifier: GPL-3.0-or-later
/* A router for an app of a few pages: the path is a signal, links are ordinary links. */
import { signal } from '@preact/signals';

export const path = signal(location.pathname);

/** True when this page was reached by a tap inside the app, so that a video may start at once. */
export const cameByTap = signal(false);

/** The parameters of pattern ("/lecture/:id") in the given path, or null when it does not match. */
export function match(pattern: string, pathname: string): Record<string, string> | null {
  const want = pattern.split('/').filter(Boolean);
  const have = pathname.split('/').filter(Boolean);
  if (want.length !== have.length) return null;

  const found: Record<string, string> = {};
  for (const [i, part] of want.entries()) {
    const value = have[i] ?? '';
    if (part.startsWith(':')) found[part.slice(1)] = decode(value);
    else if (part !== value) return null;
  }
  return found;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; /* a stray percent sign in a link someone typed */
  }
}

export function navigate(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  cameByTap.value = true;
  path.value = location.pathname;
  window.scrollTo(0, 0);
}

/** The page to return to after signing in; never another site. Browsers drop tabs and line ends from
 * addresses and resolve dots, so what counts is what they make of it. */
export function nextPage(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  if (!next.startsWith('/')) return '/';
  try {
    const url = new URL(next, location.origin);
    const local = url.pathname + url.search + url.hash;
    return url.origin === location.origin && /^\/(?![/\\])/.test(local) ? local : '/';
  } catch {
    return '/';
  }
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/** Turns clicks on links within prefixes into navigation. Returns how to stop. */
export function startRouter(owns: (pathname: string) => boolean): () => void {
  const onClick = (event: MouseEvent): void => {
    const link = (event.target as Element | null)?.closest('a');
    if (!link || event.defaultPrevented || !isPlainClick(event)) return;
    if (link.origin !== location.origin || link.target || link.hasAttribute('download')) return;
    if (!owns(link.pathname)) return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  };
  const onPop = (): void => {
    cameByTap.value = false;
    path.value = location.pathname;
  };

  document.addEventListener('click', onClick);
  window.addEventListener('popstate', onPop);
  return () => {
    document.removeEventListener('click', onClick);
    window.removeEventListener('popstate', onPop);
  };
}
