// SPDX-License-Identifier: GPL-3.0-or-later
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Page, laterPage } from '../../src/app/page';
import { navigate, route, startRouter } from '../../src/app/router';
import { user } from '../../src/app/session';
import { Shell } from '../../src/app/shell';
import { toast } from '../../src/ui/toast';
import type { Role } from '../../src/app/types';
import { draw, fakeServer, settle } from '../helpers';

const Late = ({ id }: { id: string }) => <Page title={`Bài ${id}`}>đây</Page>;

const routes = [
  route({ pattern: '/', page: () => <Page title="Ban Mai" heading="Chào" /> }),
  route({ pattern: '/late/:id', page: laterPage(async () => ({ default: Late })) }),
  route({ pattern: '/studio', role: 'instructor', page: () => <Page title="Bài của tôi" /> }),
];

let stop: () => void;
const go = (to: string): Promise<void> => act(() => navigate(to)) as Promise<void>;

function become(role: Role | null | undefined): void {
  user.value = role && { id: 'u1', login: 'mai', name: 'Mai', role };
}

beforeEach(() => {
  fakeServer({});
  stop = startRouter(routes);
  become('learner');
});

afterEach(async () => {
  await go('/');
  stop();
});

describe('the shell', () => {
  it('draws the page of the place, and its heading has the focus after a change of page', async () => {
    const root = draw(<Shell />);
    expect(root.querySelector('h1')?.textContent).toBe('Chào');
    expect(document.activeElement).toBe(document.body); /* nobody has gone anywhere yet */
    await go('/late/7');
    await settle();
    expect(document.activeElement?.outerHTML).toContain('Bài 7</h1>');
    expect(document.title).toBe('Bài 7 · Ban Mai');
    await go('/');
    await settle();
    expect(document.activeElement?.textContent).toBe('Chào');
  });

  it('leaves the focus where somebody put it meanwhile', async () => {
    const root = draw(<Shell />);
    await go('/late/8');
    const brand = root.querySelector('.brand') as HTMLElement;
    brand.focus();
    await settle();
    expect(document.activeElement).toBe(brand);
  });

  it('shows a page to whom it is for', async () => {
    const root = draw(<Shell />);
    await go('/studio');
    expect(root.querySelector('main')?.textContent).toContain('không được xem');
    for (const role of ['instructor', 'admin'] as const) {
      await act(() => become(role));
      expect(root.querySelector('h1')?.textContent).toBe('Bài của tôi');
    }
    await act(() => become(null));
    await settle();
    expect(root.querySelector('form.login')).not.toBeNull();
    expect(root.querySelectorAll('h1')).toHaveLength(1);
    await act(() => become(undefined));
    expect(root.querySelector('h1, form')).toBeNull();
  });

  it('says where there is no page', () => {
    stop();
    stop = startRouter(routes.slice(1));
    const root = draw(<Shell />);
    expect(root.querySelector('h1')?.textContent).toBe('Không có trang này');
    stop();
    stop = startRouter(routes);
  });

  it('has a place for messages before there is one', async () => {
    const root = draw(<Shell />);
    const place = root.querySelector('[aria-live=polite]');
    expect(place?.textContent).toBe('');
    await act(() => toast('Đã đăng.'));
    expect(place?.textContent).toBe('Đã đăng.');
  });
});
