// SPDX-License-Identifier: GPL-3.0-or-later
/* How far something is: a bar with its meaning for screen readers. */
import type { JSX } from 'preact';
import { percent } from '../app/format';

export function Bar({ part, label, tone = 'brand' }: { part: number; label: string; tone?: 'brand' | 'sun' }): JSX.Element {
  return (
    <div
      class={`bar bar-${tone}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent(part)}
    >
      <div class="bar-fill" style={{ transform: `scaleX(${Math.min(1, Math.max(0, part))})` }} />
    </div>
  );
}
