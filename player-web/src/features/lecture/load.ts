// SPDX-License-Identifier: GPL-3.0-or-later
/* How the lecture page comes to the phone. */
import { useEffect } from 'preact/hooks';
import { wantsToSaveData } from '../../player/save_data';

/** The page first, then the much larger player: side by side on a weak link, the title would have to
 * wait for hls.js. */
export async function loadLecturePage(): Promise<typeof import('./lecture_page')> {
  const page = await import('./lecture_page');
  void import('../../player/make_source').catch(() => undefined); /* asked for again when needed */
  return page;
}

const AHEAD_AFTER_MS = 4_000;

/** On a page whose next tap probably leads to a lecture: fetches the player ahead, once things are
 * quiet; not for those who save data. */
export function useLectureAhead(): void {
  useEffect(() => {
    if (wantsToSaveData()) return undefined;
    const timer = setTimeout(() => void loadLecturePage().catch(() => undefined), AHEAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
}
