// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, describe, expect, it, vi } from 'vitest';
import { QuarantinePanel } from '../../../src/features/quarantine/quarantine_panel';
import type { Quarantined } from '../../../src/app/types';
import { byText, click, draw, fakeServer, settle } from '../../helpers';

const entry: Quarantined = {
  lecture: 'l9',
  title: 'Bài chín',
  filename: 'quay màn hình.mp4',
  owner: 'thầy páo',
  source_sha256: 'ab'.repeat(32),
  source_bytes: 4_200_000,
  stage: 'chunk',
  failed_at: '2026-11-20T03:00:00Z',
};
const LIST = 'GET /api/v1/admin/quarantine';
const RETRY = 'POST /api/v1/lectures/l9/retry';

afterEach(() => vi.restoreAllMocks());

describe('quarantine panel', () => {
  it('is not there while nothing is quarantined, nor when that cannot be told', async () => {
    fakeServer({ [LIST]: { body: { quarantine: [] } } });
    const root = draw(<QuarantinePanel />);
    await settle();
    expect(root.textContent).toBe('');
    fakeServer({});
    const other = draw(<QuarantinePanel />);
    await settle();
    expect(other.textContent).toBe('');
  });

  it('says what is held, whose it is and why', async () => {
    fakeServer({ [LIST]: { body: { quarantine: [entry] } } });
    const root = draw(<QuarantinePanel />);
    await settle();
    expect(root.querySelector('h3')?.textContent).toBe('Bài chín');
    for (const word of ['quay màn hình.mp4', '4,2 MB', 'thầy páo', '20/11/2026', 'hai lần', 'mã hoá hình'])
      expect(root.textContent).toContain(word);
  });

  it('lets it be tried again, and is gone then', async () => {
    let held = [entry];
    const fetched = fakeServer({
      [LIST]: () => ({ body: { quarantine: held } }),
      [RETRY]: () => {
        held = [];
        return { status: 202, body: {} };
      },
    });
    const root = draw(<QuarantinePanel />);
    await settle();
    await click(byText(root, 'button', 'Thử lại'));
    await settle();
    expect(fetched.mock.calls.some(([url, init]) => String(url).endsWith('/retry') && init?.method === 'POST')).toBe(true);
    expect(root.textContent).toBe('');
  });

  it('stays with a reason when the server refuses', async () => {
    fakeServer({ [LIST]: { body: { quarantine: [entry] } }, [RETRY]: { status: 409, body: { detail: 'not now' } } });
    const root = draw(<QuarantinePanel />);
    await settle();
    const button = byText(root, 'button', 'Thử lại') as HTMLButtonElement;
    await click(button);
    await settle();
    expect(root.querySelector('[role=alert]')?.textContent).toContain('not now');
    expect(button.disabled).toBe(false);
  });

  it('shows a file whose lecture was deleted, and says how it can be tried again', async () => {
    const { lecture: _, ...deleted } = entry;
    fakeServer({ [LIST]: { body: { quarantine: [deleted] } } });
    const root = draw(<QuarantinePanel />);
    await settle();
    expect(root.querySelector('h3')?.textContent).toBe('Bài chín');
    expect(root.textContent).toContain('đã bị xoá');
    expect(root.querySelector('button')).toBeNull();
  });
});
