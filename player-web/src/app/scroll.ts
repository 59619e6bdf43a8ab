// SPDX-License-Identifier: GPL-3.0-or-later
/* Where each entry of the history was scrolled to. Kept over a reload, forgotten with the tab. */

const KEY = 'banmai.scroll';
const MAX_ENTRIES = 50;

/* A list that comes late is short at first: until it is long enough, or somebody scrolls. */
const PATIENCE_MS = 3_000;

function positions(): Record<string, number> {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as Record<string, number>;
  } catch {
    return {};
  }
}

export function keepScroll(entry: number): void {
  try {
    const kept = Object.entries({ ...positions(), [entry]: window.scrollY });
    sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries(kept.slice(-MAX_ENTRIES))));
  } catch {
    /* private windows: the page begins at its top then */
  }
}

export function restoreScroll(entry: number): void {
  const top = positions()[entry];
  if (top === undefined) return;
  const until = performance.now() + PATIENCE_MS;
  const touched = new AbortController();
  for (const type of ['wheel', 'touchstart', 'keydown', 'pointerdown', 'popstate'])
    window.addEventListener(type, () => touched.abort(), { passive: true, signal: touched.signal });
  const step = (): void => {
    if (touched.signal.aborted) return;
    window.scrollTo(0, top);
    if (Math.abs(window.scrollY - top) > 1 && performance.now() < until) requestAnimationFrame(step);
    else touched.abort();
  };
  requestAnimationFrame(step);
}
