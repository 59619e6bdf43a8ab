// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { labelText, valueText, viewLoad } from '../../../src/features/load/load_view';
import { sparkPath } from '../../../src/features/load/spark';

describe('load figures', () => {
  it('are found at any depth, lists become tables', () => {
    const view = viewLoad({ n_viewers: 3, stream: { egress_bps: 1e6 }, loops: [{ index: 0 }, { index: 1, x: null }] });
    expect(view.figures.map(({ path }) => path)).toEqual(['n_viewers', 'stream.egress_bps']);
    expect(view.tables).toMatchObject([{ path: 'loops', columns: ['index', 'x'] }]);
  });

  it('may be anything without breaking the page', () => {
    for (const odd of [null, 5, 'text', [], [1, 2], {}, { a: [] }, { a: [[1]] }]) {
      expect(() => viewLoad(odd)).not.toThrow();
    }
    let deep: unknown = 1;
    for (let i = 0; i < 50; i++) deep = { deeper: deep };
    expect(viewLoad(deep).figures).toEqual([]);
  });

  it('have the unit that their name ends in', () => {
    expect(valueText('egress_bps', 18_400_000)).toBe('18,4 Mbit/s');
    expect(valueText('bandwidth_kbps', 64)).toBe('64 kbit/s');
    expect(valueText('disk_free_bytes', 412e9)).toBe('412 GB');
    expect(valueText('startup_p95_ms', 850)).toBe('850 ms');
    expect(valueText('rebuffer_ratio', 0.013)).toBe('1,3%');
    expect(valueText('cache_hit_permille', 955)).toBe('95,5%');
    expect(valueText('uptime_s', 7200)).toBe('2 giờ 0 phút');
    expect(valueText('n_viewers', 1234)).toBe('1.234');
    expect(valueText('is_ready', true)).toBe('có');
    expect(valueText('cert', null)).toBe('không có');
  });

  it('have a name even when nobody translated it', () => {
    expect(labelText('viewers')).toBe('Người đang xem');
    expect(labelText('n_dropped_beats')).toBe('Dropped beats');
    expect(labelText('redis_latency_ms')).toBe('Redis latency');
  });
});

describe('spark line', () => {
  it('spans the time it covers, and is absent when nothing changes', () => {
    expect(sparkPath([{ at_ms: 0, value: 1 }, { at_ms: 10, value: 3 }])).toBe('M0.0 30.0L120.0 2.0');
    expect(sparkPath([{ at_ms: 0, value: 2 }, { at_ms: 10, value: 2 }])).toBe('');
    expect(sparkPath([{ at_ms: 0, value: 2 }])).toBe('');
    expect(sparkPath([])).toBe('');
  });
});
