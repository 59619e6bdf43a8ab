// SPDX-License-Identifier: GPL-3.0-or-later
/* What this phone remembers of a person's progress, for rings and "go on" on pages that list
 * lectures: asking the server about each of them would cost a request a lecture. It is a copy, never
 * the truth, and goes when its owner signs out. */
import { signal } from '@preact/signals';
import { user } from '../../app/session';
import { recall, remember } from '../../app/storage';
import type { LectureRow, Progress } from '../../app/types';
import { progressOf } from './api';

export interface Glimpse {
  position_s: number;
  coverage: number;
  completed: boolean;
  /** When it was watched on this phone; 0 when only the server told. */
  at_ms: number;
}

type Memory = Record<string, Glimpse>;

/* A list page asks for so many lectures that the phone knows nothing about, two at a time. */
const MAX_ASKED = 6;
const MAX_KEPT = 300; /* lectures; about 25 KB */

const memory = signal<Memory>({});
let owner: string | null = null;

function key(): string {
  return `cache.${owner ?? 'guest'}.seen`;
}

/* Follows who is signed in, without an effect that would outlive tests and pages. */
function sync(): void {
  const id = user.peek()?.id ?? null;
  if (id === owner) return;
  owner = id;
  memory.value = recall<Memory>(key()) ?? {};
}

export function glimpse(lecture: string): Glimpse | null {
  sync();
  return memory.value[lecture] ?? null;
}

/** What was seen stays seen: a page that could not ask the server knows of less. */
export function rememberGlimpse(lecture: string, seen: Glimpse): void {
  sync();
  const before = memory.peek()[lecture];
  const coverage = Math.max(seen.coverage, before?.coverage ?? 0);
  const completed = seen.completed || (before?.completed ?? false);
  const entries = Object.entries({ ...memory.peek(), [lecture]: { ...seen, coverage, completed } });
  entries.sort(([, a], [, b]) => b.at_ms - a.at_ms);
  memory.value = Object.fromEntries(entries.slice(0, MAX_KEPT));
  remember(key(), memory.peek());
}

function fromProgress({ position_s, coverage, completed }: Progress): Glimpse {
  return { position_s, coverage, completed, at_ms: 0 };
}

async function ask(lecture: LectureRow): Promise<void> {
  try {
    rememberGlimpse(lecture.id, fromProgress(await progressOf(lecture.id)));
  } catch {
    /* a ring less on a card */
  }
}

/** Fills in lectures of a list that this phone has not seen: after a change of phones, say. */
export async function askUnknown(lectures: readonly LectureRow[]): Promise<void> {
  sync();
  if (!owner) return;
  const unknown = lectures.filter((lecture) => lecture.playback && !memory.peek()[lecture.id]).slice(0, MAX_ASKED);
  for (let i = 0; i < unknown.length; i += 2) {
    await Promise.all(unknown.slice(i, i + 2).map(ask));
  }
}

/** The lecture to go on with: the one watched last and not completed. */
export function lectureToResume(lectures: readonly LectureRow[]): LectureRow | null {
  sync();
  const begun = lectures.filter((lecture) => {
    const seen = memory.value[lecture.id];
    return lecture.playback !== null && seen !== undefined && !seen.completed && seen.position_s >= 1;
  });
  const at = (lecture: LectureRow): number => memory.value[lecture.id]?.at_ms ?? 0;
  return begun.reduce<LectureRow | null>((best, lecture) => (best && at(best) >= at(lecture) ? best : lecture), null);
}
