// SPDX-License-Identifier: GPL-3.0-or-later
/* A word that something is done, at the foot of the page for a few seconds. Nothing that must be read:
 * what failed stays where it was asked for. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';

interface Toast {
  id: number;
  text: string;
}

const SHOWN_MS = 6_000;

const toasts = signal<readonly Toast[]>([]);
let nSaid = 0;

/** Says it; screen readers read it when they have finished what they are at. */
export function toast(text: string): void {
  const id = ++nSaid;
  toasts.value = [...toasts.peek().filter((one) => one.text !== text), { id, text }];
  setTimeout(() => {
    toasts.value = toasts.peek().filter((one) => one.id !== id);
  }, SHOWN_MS);
}

/** Their place. It is there before anything is said, or nobody would be told of the first. */
export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text }) => (
        <p key={id} class="toast">
          {text}
        </p>
      ))}
    </div>
  );
}
