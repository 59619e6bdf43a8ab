// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/app/types';
import { currentStage, movingPart, STAGES, stepState } from '../../../src/features/studio/stages';
import { lectureWith } from '../../helpers';

const job: Job = { state: 'running', stage: 'sound', progress: 0.3, speed: null, eta_s: null, error: null, warnings: [], waits_for: null };

describe('stages', () => {
  it('follow the lecture', () => {
    expect(currentStage(lectureWith({ state: 'uploading' }))).toBe('upload');
    expect(currentStage(lectureWith({ state: 'processing', job }))).toBe('sound');
    expect(currentStage(lectureWith({ state: 'processing', job: null }))).toBe('plan');
    expect(currentStage(lectureWith({ state: 'queued' }))).toBeNull();
    expect(currentStage(lectureWith())).toBe('ready');
  });

  it('are done before the current one and open after it', () => {
    expect(STAGES.map((step) => stepState(step, 'sound'))).toEqual(['done', 'done', 'now', 'later', 'later', 'later']);
    expect(STAGES.map((step) => stepState(step, null))).toEqual(['done', 'later', 'later', 'later', 'later', 'later']);
    expect(STAGES.every((step) => stepState(step, 'ready') === 'done')).toBe(true);
  });

  it('measure the upload first, then the job', () => {
    expect(movingPart(lectureWith({ state: 'uploading', upload: { offset: 64, length: 100 } }))).toBe(0.64);
    expect(movingPart(lectureWith({ state: 'uploading', upload: { offset: 0, length: 0 } }))).toBe(0);
    expect(movingPart(lectureWith({ state: 'processing', job }))).toBe(0.3);
  });
});
