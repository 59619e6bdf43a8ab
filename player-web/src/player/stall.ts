// SPDX-License-Identifier: GPL-3.0-or-later
/* What to say while nothing plays. Pure. */
import type { MediaState } from './media_state';

/* Shorter waits need no words; after a longer one a lighter way is offered. */
export const SAY_AFTER_MS = 700;
export const OFFER_AFTER_MS = 8_000;

export type StallReason = 'weak' | 'offline' | 'growing';

export interface Stall {
  reason: StallReason;
  seconds: number;
  offersHelp: boolean;
}

export interface StallFacts {
  state: MediaState;
  /** How long it has been waiting. */
  waited_ms: number;
  isOnline: boolean;
  /** The lecture is still being processed: its end is not the end. */
  isGrowing: boolean;
}

export function describeStall({ state, waited_ms, isOnline, isGrowing }: StallFacts): Stall | null {
  if (!state.isWaiting || waited_ms < SAY_AFTER_MS) return null;
  const seconds = Math.max(1, Math.round(waited_ms / 1000));
  if (isGrowing && state.position_s > state.available_s - 1.5) return { reason: 'growing', seconds, offersHelp: false };
  if (!isOnline) return { reason: 'offline', seconds, offersHelp: false };
  return { reason: 'weak', seconds, offersHelp: waited_ms >= OFFER_AFTER_MS };
}
