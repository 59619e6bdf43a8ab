// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { answered, readVerdict } from '../../src/progress/verdict';
import { beat } from './beat_fixture';

const answer = (value: unknown): Response => new Response(JSON.stringify(value), { status: 200 });

describe('verdict', () => {
  it('of 204: all counted', async () => {
    expect(await readVerdict(new Response(null, { status: 204 }))).toEqual({ again: [] });
  });

  it('tells refusals that are final from beats that could not be stored', async () => {
    const refused = [
      { index: 0, reason: 'implausible' },
      { index: 2, reason: 'not_stored' },
    ];
    const verdict = await readVerdict(answer({ refused }));
    const batch = [beat({ seq: 0 }), beat({ seq: 1 }), beat({ seq: 2 })];
    expect(answered(batch, verdict).map(({ seq }) => seq)).toEqual([0, 1]);
  });

  it('of something unreadable: none, so the beats stay', async () => {
    await expect(readVerdict(new Response('<html>', { status: 200 }))).rejects.toThrow();
  });
});
