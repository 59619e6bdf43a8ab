// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { cameByTap, find, loginPath, match, navigate, place, route, safeNext, startRouter, type Params } from '../../src/app/router';

const Nothing = (): null => null;
const routes = [
  route({ pattern: '/', page: Nothing }),
  route({ pattern: '/lecture/:id', page: ({ id }: { id: string }) => id as never }),
  route({ pattern: '/studio/upload?lecture', role: 'instructor', page: Nothing }),
];

let stop: () => void;

beforeEach(() => {
  sessionStorage.clear();
  stop = startRouter(routes);
});

afterEach(() => {
  navigate('/');
  stop();
});

const at = (path: string) => {
  const url = new URL(path, 'http://x');
  return { path: url.pathname, query: url.searchParams };
};

function clickLink(html: string, options: MouseEventInit = {}): boolean {
  document.body.innerHTML = html;
  let wasTaken = false;
  const afterRouter = (event: Event): void => {
    wasTaken = event.defaultPrevented;
    event.preventDefault(); /* jsdom cannot go to other pages */
  };
  document.addEventListener('click', afterRouter, { once: true });
  const event = new MouseEvent('click', { bubbles: true, cancelable: true, ...options });
  document.querySelector('a span, a')?.dispatchEvent(event);
  return wasTaken;
}

const back = (): Promise<void> =>
  new Promise((resolve) => {
    window.addEventListener('popstate', () => resolve(), { once: true });
    history.back();
  });

describe('router', () => {
  it('matches patterns whole', () => {
    expect(match('/lecture/:id', at('/lecture/a%20b'))).toEqual({ id: 'a b' });
    expect(match('/lecture/:id', at('/lecture/50%'))).toEqual({ id: '50%' });
    expect(match('/lecture/:id', at('/lecture'))).toBeNull();
    expect(match('/lecture/:id', at('/lecture/a/b'))).toBeNull();
    expect(match('/', at('/'))).toEqual({});
  });

  it('gives a page what its pattern names of the query, and nothing else', () => {
    expect(match('/studio/upload?lecture', at('/studio/upload?lecture=l%201&x=2'))).toEqual({ lecture: 'l 1' });
    expect(match('/studio/upload?lecture', at('/studio/upload'))).toEqual({});
  });

  it('types what a pattern gives', () => {
    expectTypeOf<Params<'/a/:id/b/:part?x&y'>>().toEqualTypeOf<Record<'id' | 'part', string> & Partial<Record<'x' | 'y', string>>>();
    expectTypeOf<Params<'/course/:id'>>().toEqualTypeOf<{ id: string }>();
    /* @ts-expect-error a page that wants what its pattern does not give */
    route({ pattern: '/course/:id', page: ({ name }: { name: string }) => name as never });
  });

  it('finds the row of a place', () => {
    expect(find(at('/studio/upload?lecture=l1'))).toMatchObject({ row: { role: 'instructor' }, params: { lecture: 'l1' } });
    expect(find(at('/nowhere'))).toBeNull();
  });

  it('turns a tap on a link of this app into navigation', () => {
    expect(clickLink('<a href="/lecture/x"><span>Bài</span></a>')).toBe(true);
    expect(place.value.path).toBe('/lecture/x');
    expect(cameByTap.value).toBe(true);
  });

  it('leaves other links to the browser', () => {
    expect(clickLink('<a href="/v/x.mp4">x</a>')).toBe(false);
    expect(clickLink('<a href="https://example.org/lecture/x">x</a>')).toBe(false);
    expect(clickLink('<a href="/lecture/x" target="_blank">x</a>')).toBe(false);
    expect(clickLink('<a href="/lecture/x">x</a>', { ctrlKey: true })).toBe(false);
  });

  it('took the link to the main part of the page for another page', () => {
    navigate('/lecture/x');
    expect(clickLink('<a href="#main">x</a>')).toBe(false);
    expect(place.value.path).toBe('/lecture/x');
  });

  it('goes back to where the page was scrolled to', async () => {
    const scrolled = vi.spyOn(window, 'scrollTo').mockImplementation((...args: unknown[]) => {
      Object.defineProperty(window, 'scrollY', { value: args[1], configurable: true });
    });
    Object.defineProperty(window, 'scrollY', { value: 700, configurable: true });
    navigate('/lecture/x');
    expect(window.scrollY).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 2)); /* entries are told apart by the millisecond */
    navigate('/lecture/y?t=1');
    await back();
    expect(place.value.path).toBe('/lecture/x');
    expect(cameByTap.value).toBe(false);
    await back();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    expect(place.value.path).toBe('/');
    expect(scrolled).toHaveBeenLastCalledWith(0, 700);
  });

  it('stays where it is when only the query changes', () => {
    navigate('/lecture/x');
    const scrolled = vi.spyOn(window, 'scrollTo');
    navigate('/lecture/x?t=5');
    expect(place.value.query.get('t')).toBe('5');
    expect(scrolled).not.toHaveBeenCalled();
  });

  it('leads from the sign-in page back to the whole address', () => {
    navigate('/studio/upload?lecture=l1');
    expect(loginPath()).toBe('/login?next=%2Fstudio%2Fupload%3Flecture%3Dl1');
  });

  it('never sends people to another site after signing in', () => {
    expect(safeNext('/lecture/x')).toBe('/lecture/x');
    for (const bad of ['https://example.org', '//example.org', '/\\example.org', '/\t/example.org', '\t//example.org'])
      expect(safeNext(bad), bad).toBe('/');
    for (const bad of ['/.//example.org', '/x/..//example.org', 'javascript:alert(1)']) expect(safeNext(bad), bad).toBe('/');
    expect(safeNext('/studio/upload?lecture=1#x')).toBe('/studio/upload?lecture=1#x');
    expect(safeNext(undefined)).toBe('/');
  });
});
