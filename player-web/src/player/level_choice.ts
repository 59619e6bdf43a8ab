// SPDX-License-Identifier: GPL-3.0-or-later
/* The dearest quality that automatic choice may use. Pure. Levels are sorted as hls.js sorts them:
 * by height, then frame rate, then bit rate; Banmai's ladders rise in all three. */

/* "Save" stays at or below this; a lecture of slides is quite legible there. */
const SAVE_BPS = 150_000;

export interface LevelFacts {
  height_px: number;
  average_bps: number;
}

/** The dearest rate that "save" may use: within SAVE_BPS, else the cheapest there is. */
export function saveLimit(rates_bps: readonly number[]): number {
  const within = rates_bps.filter((bps) => bps <= SAVE_BPS);
  return within.length > 0 ? Math.max(...within) : Math.min(...rates_bps);
}

/** Index of the dearest level for "save". */
export function saveCap(levels: readonly LevelFacts[]): number {
  const limit = saveLimit(levels.map((level) => level.average_bps));
  return levels.reduce((cap, level, i) => (level.average_bps <= limit ? i : cap), 0);
}

/** Index of the dearest level worth showing on screen_px lines: the first height that fills them,
 * in its best form. A size not known yet caps nothing. */
export function sizeCap(levels: readonly LevelFacts[], screen_px: number): number {
  const filling = levels.find((level) => level.height_px >= screen_px);
  if (screen_px <= 0 || !filling) return levels.length - 1;
  return levels.reduce((cap, level, i) => (level.height_px <= filling.height_px ? i : cap), 0);
}
