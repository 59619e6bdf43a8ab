// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Announcement } from '../../../src/app/types';
import { HomeAnnouncements } from '../../../src/features/catalogue/home_announcements';
import { click, draw, fakeServer, settle } from '../../helpers';

const LIST = 'GET /api/v1/announcements?limit=3';
const made = (...ids: string[]): Announcement[] => ids.map((id) => ({ id, text: `Tin ${id}\nhai`, made_at: '2026-11-20T03:00:00Z' }));

async function home(): Promise<HTMLElement> {
  const root = draw(<HomeAnnouncements />);
  await settle();
  return root;
}

const close = (root: HTMLElement): HTMLElement => root.querySelector('button') as HTMLElement;

afterEach(() => vi.restoreAllMocks());

describe('announcements on the home page', () => {
  it('is not there while there is none, nor when that cannot be told', async () => {
    fakeServer({ [LIST]: { body: { announcements: [], next: null } } });
    expect((await home()).textContent).toBe('');
    fakeServer({});
    expect((await home()).textContent).toBe('');
  });

  it('says what was announced, and when', async () => {
    fakeServer({ [LIST]: { body: { announcements: made('b', 'a'), next: null } } });
    const root = await home();
    expect([...root.querySelectorAll('li')].map((item) => item.textContent)).toEqual(['Tin b\nhai20/11/2026', 'Tin a\nhai20/11/2026']);
  });

  it('stays away on this phone once it was read, and passes the focus on', async () => {
    fakeServer({ [LIST]: { body: { announcements: made('b', 'a'), next: null } } });
    const root = await home();
    await click(close(root));
    expect(root.textContent).toBe('Tin a\nhai20/11/2026');
    expect(document.activeElement).toBe(close(root));
    await click(close(root));
    expect(root.textContent).toBe('');

    fakeServer({ [LIST]: { body: { announcements: made('c', 'b', 'a'), next: null } } });
    expect((await home()).textContent).toBe('Tin c\nhai20/11/2026');
  });
});
