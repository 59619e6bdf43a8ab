// SPDX-License-Identifier: GPL-3.0-or-later
/* What the server says about the beats of a request: 204 when all counted, else 200 with those that
 * did not. Most refusals are final (more seconds than there was time for); one means only that the
 * beat could not be stored now. Pure. */
import type { Beat } from './beat';

/** A refusal that is not about the beat: it is to be sent again. */
const NOT_STORED = 'not_stored';

export interface Verdict {
  /** Indices of the beats to send again. */
  again: number[];
}

export const ALL_COUNTED: Verdict = { again: [] };

interface Refusals {
  refused?: { index?: number; reason?: string }[];
}

/** An answer that cannot be read answers for nothing: it throws, and the beats stay. */
export async function readVerdict(response: Response): Promise<Verdict> {
  if (response.status === 204) return ALL_COUNTED;
  const { refused = [] } = (await response.json()) as Refusals;
  const again = refused.filter(({ reason }) => reason === NOT_STORED).map(({ index = -1 }) => index);
  return { again };
}

/** The beats that the server has dealt with. */
export function answered(batch: readonly Beat[], { again }: Verdict): Beat[] {
  return batch.filter((_, i) => !again.includes(i));
}
