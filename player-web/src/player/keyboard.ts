// SPDX-License-Identifier: GPL-3.0-or-later
/* Keys of the player, as people know them from elsewhere. Pure. */

export type KeyRequest =
  | { do: 'toggle' | 'fullscreen' | 'mute' }
  | { do: 'skip'; by_s: number }
  | { do: 'part'; tenths: number }
  | { do: 'volume'; by: number }
  | { do: 'rate'; step: 1 | -1 };

export const SKIP_S = 10;

const KEYS: Readonly<Record<string, KeyRequest>> = {
  ' ': { do: 'toggle' },
  k: { do: 'toggle' },
  f: { do: 'fullscreen' },
  m: { do: 'mute' },
  ArrowLeft: { do: 'skip', by_s: -SKIP_S },
  ArrowRight: { do: 'skip', by_s: SKIP_S },
  j: { do: 'skip', by_s: -SKIP_S },
  l: { do: 'skip', by_s: SKIP_S },
  ArrowUp: { do: 'volume', by: 0.1 },
  ArrowDown: { do: 'volume', by: -0.1 },
  '>': { do: 'rate', step: 1 },
  '<': { do: 'rate', step: -1 },
};

type Pressed = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey'>;

/** What a key asks for, or null. onControl: the focus is on a button or a slider, whose own keys
 * must keep working. */
export function keyRequest(pressed: Pressed, onControl: boolean): KeyRequest | null {
  if (pressed.altKey || pressed.ctrlKey || pressed.metaKey) return null;
  const { key } = pressed;
  if (onControl && (key === ' ' || key === 'Enter' || key.startsWith('Arrow'))) return null;
  if (/^[0-9]$/.test(key)) return { do: 'part', tenths: Number(key) };
  return KEYS[key.length === 1 ? key.toLowerCase() : key] ?? null;
}
