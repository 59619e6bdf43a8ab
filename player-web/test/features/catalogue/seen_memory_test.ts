// SPDX-License-Identifier: GPL-3.0-or-later
import { beforeEach, describe, expect, it } from 'vitest';
import { glimpse, rememberGlimpse } from '../../../src/features/catalogue/seen_memory';

beforeEach(() => localStorage.clear());

describe('what the phone remembers', () => {
  it('never shrinks because a page could not ask the server', () => {
    rememberGlimpse('l', { position_s: 500, coverage: 0.95, completed: true, at_ms: 1 });
    rememberGlimpse('l', { position_s: 510, coverage: 0.01, completed: false, at_ms: 2 });
    expect(glimpse('l')).toEqual({ position_s: 510, coverage: 0.95, completed: true, at_ms: 2 });
  });
});
