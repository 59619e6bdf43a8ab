// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { findAlarms } from '../../../src/features/load/alarms';
import { viewLoad } from '../../../src/features/load/load_view';

const calm = {
  jobs: { queued: 1, running: 0, failed: 3 },
  jobs_wait_for_disk: false,
  unknown_media: { unknown_sources_files: 0, unknown_sources_bytes: 0 },
};

describe('alarms', () => {
  it('say nothing while all is well, or while nothing is known', () => {
    expect(findAlarms(viewLoad(calm))).toEqual([]);
    expect(findAlarms(viewLoad(null))).toEqual([]);
  });

  it('tell that jobs wait for disk space', () => {
    const alarms = findAlarms(viewLoad({ ...calm, jobs_wait_for_disk: true }));
    expect(alarms.map(({ title }) => title)).toEqual(['Ổ đĩa sắp đầy: bài giảng và tệp tải lên đang phải chờ']);
  });

  it('add up what the database does not know', () => {
    const unknown_media = {
      unknown_sources_files: 2,
      unknown_sources_bytes: 3_000_000,
      unknown_packages_files: 1,
      unknown_packages_bytes: 1_000_000,
    };
    const [alarm] = findAlarms(viewLoad({ ...calm, unknown_media }));
    expect(alarm?.title).toMatch(/^Trên đĩa có 3 mục \(4(,0)? MB\) mà cơ sở dữ liệu không biết$/);
    expect(alarm?.hint).toContain('docs/operations.md');
  });
});
