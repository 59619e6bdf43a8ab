// SPDX-License-Identifier: GPL-3.0-or-later
/* Settings of hls.js for weak links; its defaults are made for good ones. */
import type { HlsConfig, LoadPolicy } from 'hls.js';
import { recall, remember } from '../app/storage';
import type { DataMode } from './data_mode';

/** Seconds of media to hold ahead. */
export interface BufferGoal {
  maxBufferLength: number;
  maxMaxBufferLength: number;
}

/* Before the first tap on ▶: the first two short segments, so that it answers at once and costs
 * little when nobody taps. */
export const PRELOAD: BufferGoal = { maxBufferLength: 4, maxMaxBufferLength: 4 };

/* A deep buffer carries a learner over a hole in the network, but is paid for when they leave:
 * unlimited, hls.js would fetch ten minutes ahead of a 100 kbit/s stream. */
export function bufferGoal(mode: DataMode): BufferGoal {
  return mode === 'save'
    ? { maxBufferLength: 30, maxMaxBufferLength: 60 }
    : { maxBufferLength: 60, maxMaxBufferLength: 120 };
}

const FIRST_ESTIMATE_BPS = 120_000;
const LOWEST_ESTIMATE_BPS = 40_000;
const HIGHEST_ESTIMATE_BPS = 3_000_000; /* a rung too high at the start costs a stall */
const ESTIMATE_AGE_MS = 24 * 3600 * 1000;

interface SavedEstimate {
  bps: number;
  at_ms: number;
}

/** What the link gave last time, if that was today. */
export function firstEstimateBps(saved: SavedEstimate | null, now_ms: number): number {
  if (!saved || !(saved.bps > 0) || now_ms - saved.at_ms > ESTIMATE_AGE_MS) return FIRST_ESTIMATE_BPS;
  return Math.min(HIGHEST_ESTIMATE_BPS, Math.max(LOWEST_ESTIMATE_BPS, saved.bps));
}

export function recallEstimateBps(): number {
  return firstEstimateBps(recall<SavedEstimate>('bandwidth'), Date.now());
}

export function rememberEstimate(bps: number): void {
  if (bps > 0 && Number.isFinite(bps)) remember('bandwidth', { bps: Math.round(bps), at_ms: Date.now() });
}

/* A first byte may take many seconds behind a full queue in a mobile network. */
function patient(maxLoadTimeMs: number): LoadPolicy {
  const retry = { maxNumRetry: 10, retryDelayMs: 1_000, maxRetryDelayMs: 30_000, backoff: 'exponential' } as const;
  return {
    default: { maxTimeToFirstByteMs: 30_000, maxLoadTimeMs, timeoutRetry: retry, errorRetry: retry },
  };
}

export function hlsSettings(estimate_bps: number): Partial<HlsConfig> {
  return {
    ...PRELOAD,
    /* fMP4 passes through almost untouched: a worker would be one more file to fetch. */
    enableWorker: false,
    /* not in our build (see build/hls_from_source.ts): level_choice.ts caps by size */
    capLevelController: undefined,
    id3TrackController: undefined,
    capLevelOnFPSDrop: true,
    autoStartLoad: false,
    startFragPrefetch: true,
    testBandwidth: false,
    startLevel: -1,
    abrEwmaDefaultEstimate: estimate_bps,
    abrEwmaFastVoD: 4,
    abrEwmaSlowVoD: 15,
    abrEwmaFastLive: 4,
    abrEwmaSlowLive: 15,
    abrBandWidthFactor: 0.8,
    abrBandWidthUpFactor: 0.6,
    maxStarvationDelay: 8,
    maxLoadingDelay: 8,
    backBufferLength: 30,
    maxBufferSize: 15_000_000,
    lowLatencyMode: false,
    manifestLoadPolicy: patient(30_000),
    playlistLoadPolicy: patient(30_000),
    fragLoadPolicy: patient(180_000),
  };
}
