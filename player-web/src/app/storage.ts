// SPDX-License-Identifier: GPL-3.0-or-later
/* Small values kept on the phone. localStorage may be missing, full or forbidden (private windows,
 * web views inside other apps): then a value simply is not remembered. */

export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(`banmai.${key}`, JSON.stringify(value));
  } catch {
    /* full or forbidden: nothing that matters is kept only here */
  }
}

export function recall<T>(key: string): T | null {
  try {
    const text = localStorage.getItem(`banmai.${key}`);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(`banmai.${key}`);
  } catch {
    /* as above */
  }
}

/** Forgets everything whose key starts with prefix. */
export function forgetAll(prefix: string): void {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(`banmai.${prefix}`));
    for (const key of keys) localStorage.removeItem(key);
  } catch {
    /* as above */
  }
}
