// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { keyRequest } from '../../src/player/keyboard';

const press = (key: string, more = {}) => ({ key, altKey: false, ctrlKey: false, metaKey: false, ...more });

describe('keys', () => {
  it('ask for what people expect of them', () => {
    expect(keyRequest(press(' '), false)).toEqual({ do: 'toggle' });
    expect(keyRequest(press('K'), false)).toEqual({ do: 'toggle' });
    expect(keyRequest(press('ArrowLeft'), false)).toEqual({ do: 'skip', by_s: -10 });
    expect(keyRequest(press('7'), false)).toEqual({ do: 'part', tenths: 7 });
    expect(keyRequest(press('>'), false)).toEqual({ do: 'rate', step: 1 });
  });

  it('leave buttons and sliders their own', () => {
    expect(keyRequest(press(' '), true)).toBeNull();
    expect(keyRequest(press('ArrowRight'), true)).toBeNull();
    expect(keyRequest(press('f'), true)).toEqual({ do: 'fullscreen' });
  });

  it('leave the browser its own', () => {
    expect(keyRequest(press('f', { ctrlKey: true }), false)).toBeNull();
    expect(keyRequest(press('1', { altKey: true }), false)).toBeNull();
    expect(keyRequest(press('F5'), false)).toBeNull();
  });
});
