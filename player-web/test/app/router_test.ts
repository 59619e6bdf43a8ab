// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cameByTap, match, navigate, nextPage, path, startRouter } from '../../src/app/router';

let stop: () => void;

beforeEach(() => {
  stop = startRouter((pathname) => pathname === '/' || pathname.startsWith('/lecture/'));
});

afterEach(() => {
  stop();
  navigate('/');
});

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

describe('router', () => {
  it('matches patterns whole', () => {
    expect(match('/lecture/:id', '/lecture/a%20b')).toEqual({ id: 'a b' });
    expect(match('/lecture/:id', '/lecture/50%')).toEqual({ id: '50%' });
    expect(match('/lecture/:id', '/lecture')).toBeNull();
    expect(match('/lecture/:id', '/lecture/a/b')).toBeNull();
    expect(match('/', '/')).toEqual({});
  });

  it('turns a tap on a link of this app into navigation', () => {
    expect(clickLink('<a href="/lecture/x"><span>Bài</span></a>')).toBe(true);
    expect(path.value).toBe('/lecture/x');
    expect(cameByTap.value).toBe(true);
  });

  it('leaves other links to the browser', () => {
    expect(clickLink('<a href="/studio">x</a>')).toBe(false);
    expect(clickLink('<a href="https://example.org/lecture/x">x</a>')).toBe(false);
    expect(clickLink('<a href="/lecture/x" target="_blank">x</a>')).toBe(false);
    expect(clickLink('<a href="/lecture/x">x</a>', { ctrlKey: true })).toBe(false);
  });

  it('never sends people to another site after signing in', () => {
    expect(nextPage('?next=%2Flecture%2Fx')).toBe('/lecture/x');
    expect(nextPage('?next=https://example.org')).toBe('/');
    expect(nextPage('?next=//example.org')).toBe('/');
    expect(nextPage('?next=/%5Cexample.org')).toBe('/');
    expect(nextPage('?next=/%09/example.org')).toBe('/');
    expect(nextPage('?next=%09//example.org')).toBe('/');
    expect(nextPage('?next=/.//example.org')).toBe('/');
    expect(nextPage('?next=/x/..//example.org')).toBe('/');
    expect(nextPage('?next=javascript:alert(1)')).toBe('/');
    expect(nextPage('?next=/studio/upload%3Flecture=1%23x')).toBe('/studio/upload?lecture=1#x');
    expect(nextPage('')).toBe('/');
  });
});
