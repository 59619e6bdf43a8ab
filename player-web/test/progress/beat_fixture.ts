// SPDX-License-Identifier: GPL-3.0-or-later
import type { Beat } from '../../src/progress/beat';

export function beat(changes: Partial<Beat> = {}): Beat {
  return { session: 'a', seq: 0, user: 'u', lecture: 'l', watched: [], position_s: 0, made_at_ms: 1000, ...changes };
}
