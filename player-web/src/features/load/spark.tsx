// SPDX-License-Identifier: GPL-3.0-or-later
/* A small line of the last minutes. The figure beside it is what counts. */
import type { JSX } from 'preact';
import { number } from '../../app/format';
import type { Point } from './load_feed';
import { t } from './text';

const WIDTH = 120;
const HEIGHT = 32;

/** Points as an SVG path; empty when nothing changes, for a flat line says nothing. */
export function sparkPath(points: readonly Point[]): string {
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last || last.at_ms === first.at_ms) return '';
  const values = points.map((point) => point.value);
  const low = Math.min(...values);
  const spread = Math.max(...values) - low;
  if (spread === 0) return '';
  return points
    .map(({ at_ms, value }, i) => {
      const x = ((at_ms - first.at_ms) / (last.at_ms - first.at_ms)) * WIDTH;
      const y = HEIGHT - 2 - ((value - low) / spread) * (HEIGHT - 4);
      return `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}

export function Spark({ points, name }: { points: readonly Point[]; name: string }): JSX.Element | null {
  const path = sparkPath(points);
  const first = points[0];
  const last = points[points.length - 1];
  if (!path || !first || !last) return null;
  const label = t('admin.trend', { name, s: number((last.at_ms - first.at_ms) / 1000) });
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
}
