// SPDX-License-Identifier: GPL-3.0-or-later
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { user } from '../../src/app/session';
import { HomePage } from '../../src/features/catalogue/home_page';
import { othersOf } from '../../src/features/lecture/lecture_page';
import ListPage from '../../src/features/studio/list_page';
import { byText, click, draw, fakeServer, lectureWith, settle } from '../helpers';

const rows = (from: number, n: number) =>
  Array.from({ length: n }, (_, i) => lectureWith({ id: `l${from + i}`, title: `Bài số ${from + i}.` }));

let nUsers = 0;
beforeEach(() => {
  vi.restoreAllMocks();
  user.value = { id: `more${++nUsers}`, login: 'u', name: 'U', role: 'instructor' };
});

describe('a list that goes on', () => {
  it('shows the following part when asked, and the button keeps the focus', async () => {
    fakeServer({
      'GET /api/v1/lectures?mine=1': { body: { lectures: rows(1, 2), next: 'c1' } },
      'GET /api/v1/lectures?mine=1&after=c1': { body: { lectures: rows(3, 2), next: 'c2' } },
      'GET /api/v1/lectures?mine=1&after=c2': { body: { lectures: rows(5, 1), next: null } },
    });
    const root = draw(<ListPage />);
    await settle();
    const button = byText(root, 'button', 'Xem thêm');
    button.focus();
    await click(button);
    await settle();
    expect(root.textContent).toContain('Bài số 4.');
    expect(document.activeElement).toBe(byText(root, 'button', 'Xem thêm'));
    await click(byText(root, 'button', 'Xem thêm'));
    await settle();
    expect(root.querySelectorAll('article')).toHaveLength(5);
    expect(document.activeElement?.textContent).toBe('Đã hết danh sách.');
  });

  it('keeps what is there when the following part does not come, and can be asked again', async () => {
    fakeServer({ 'GET /api/v1/lectures?mine=1': { body: { lectures: rows(1, 2), next: 'c1' } } });
    const root = draw(<ListPage />);
    await settle();
    await click(byText(root, 'button', 'Xem thêm'));
    await settle();
    expect(root.querySelectorAll('article')).toHaveLength(2);
    expect(root.querySelector('[role=alert]')?.textContent).toContain('Không có mạng');
    expect(byText(root, 'button', 'Xem thêm').getAttribute('aria-disabled')).toBe('false');
  });

  it('shows what was fetched before it fetches', async () => {
    const fetched = fakeServer({
      'GET /api/v1/lectures': { body: { lectures: rows(1, 12), next: 'c1' } },
      'GET /api/v1/lectures?after=c1': { body: { lectures: rows(13, 1), next: null } },
      'GET /api/v1/courses': { body: { courses: [], next: null } },
    });
    const root = draw(<HomePage />);
    await settle();
    expect(root.textContent).not.toContain('Bài số 12.');
    await click(byText(root, 'button', 'Xem thêm'));
    await settle();
    expect(root.textContent).toContain('Bài số 12.');
    expect(fetched.mock.calls.some(([url]) => String(url).includes('after='))).toBe(false);
    await click(byText(root, 'button', 'Xem thêm'));
    await settle();
    expect(root.textContent).toContain('Bài số 13.');
  });

  it('has no button when the first part is all', async () => {
    fakeServer({ 'GET /api/v1/lectures?mine=1': { body: { lectures: rows(1, 2), next: null } } });
    const root = draw(<ListPage />);
    await settle();
    expect(root.textContent).not.toContain('Xem thêm');
  });
});

describe('the others of a course', () => {
  it('begin with what follows the lecture', () => {
    expect(othersOf(rows(1, 4), 'l3').map(({ id }) => id)).toEqual(['l4', 'l1', 'l2']);
    expect(othersOf(rows(1, 2), 'l9').map(({ id }) => id)).toEqual(['l1', 'l2']);
  });
});
