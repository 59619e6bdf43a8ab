// SPDX-License-Identifier: GPL-3.0-or-later
/* The way of a lecture from a file to something to watch, as steps. Pure. */
import type { LectureRow } from '../../app/types';

export const STAGES = ['upload', 'plan', 'sound', 'chunk', 'join', 'ready'] as const;
export type Stage = (typeof STAGES)[number];

/** The step under way; null when the lecture has failed or only waits for its turn. */
export function currentStage(lecture: LectureRow): Stage | null {
  switch (lecture.state) {
    case 'uploading':
      return 'upload';
    case 'ready':
      return 'ready';
    case 'processing':
      return lecture.job?.stage ?? 'plan';
    default:
      return null;
  }
}

export type StepState = 'done' | 'now' | 'later';

export function stepState(step: Stage, current: Stage | null): StepState {
  if (current === null) return step === 'upload' ? 'done' : 'later'; /* queued: the file is there */
  const distance = STAGES.indexOf(step) - STAGES.indexOf(current);
  if (distance === 0) return current === 'ready' ? 'done' : 'now';
  return distance < 0 ? 'done' : 'later';
}

/** From 0 to 1: of the upload while uploading, of the job afterwards. */
export function movingPart(lecture: LectureRow): number {
  if (lecture.state === 'uploading') {
    const { offset = 0, length = 0 } = lecture.upload ?? {};
    return length > 0 ? offset / length : 0;
  }
  return lecture.job?.progress ?? 0;
}
