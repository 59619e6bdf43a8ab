// SPDX-License-Identifier: GPL-3.0-or-later
/* How much data a learner wants to spend, and what each choice costs. Pure but for the memory of
 * the last choice. */
import { recall, remember } from '../app/storage';
import { saveLimit } from './level_choice';
import { megabytesPerHour, type Variant } from './playlist';
import { wantsToSaveData } from './save_data';

export const DATA_MODES = ['auto', 'save', 'audio', 'sharp'] as const;
export type DataMode = (typeof DATA_MODES)[number];

/** Megabytes an hour, from and to; equal when there is one quality. */
export interface Cost {
  low_mb: number;
  high_mb: number;
}

function costBetween(low_bps: number, high_bps: number): Cost {
  return { low_mb: megabytesPerHour(low_bps), high_mb: megabytesPerHour(high_bps) };
}

/** What a mode costs, or null when the playlists do not say. Both lists from the cheapest up. */
export function modeCost(mode: DataMode, variants: readonly Variant[], sounds: readonly Variant[]): Cost | null {
  const rates = (mode === 'audio' ? sounds : variants).map((variant) => variant.average_bps);
  const [low] = rates;
  const high = rates[rates.length - 1];
  if (low === undefined || high === undefined) return null;
  if (mode === 'sharp') return costBetween(high, high);
  if (mode === 'save') return costBetween(low, saveLimit(rates));
  return costBetween(low, mode === 'audio' ? low : high);
}

export function firstDataMode(): DataMode {
  const last = recall<DataMode>('data_mode');
  if (last && DATA_MODES.includes(last)) return last;
  return wantsToSaveData() ? 'save' : 'auto';
}

export function rememberDataMode(mode: DataMode): void {
  remember('data_mode', mode);
}
