// SPDX-License-Identifier: GPL-3.0-or-later
/* What in the load figures asks for somebody to act. Pure. */
import { bytes } from '../../app/format';
import type { LoadView } from './load_view';
import { t } from './text';

export interface Alarm {
  id: string;
  title: string;
  hint: string;
}

function sumOf(view: LoadView, path: RegExp): number {
  return view.figures.reduce(
    (sum, figure) => (path.test(figure.path) && typeof figure.value === 'number' ? sum + figure.value : sum),
    0,
  );
}

export function findAlarms(view: LoadView): Alarm[] {
  const alarms: Alarm[] = [];
  if (view.figures.some((figure) => figure.path === 'jobs_wait_for_disk' && figure.value === true)) {
    alarms.push({ id: 'disk', title: t('alarm.disk'), hint: t('alarm.disk_hint') });
  }
  const n = sumOf(view, /^unknown_media\..*_files$/);
  if (n > 0) {
    const size = bytes(sumOf(view, /^unknown_media\..*_bytes$/));
    alarms.push({ id: 'unknown', title: t('alarm.unknown', { n, size }), hint: t('alarm.unknown_hint') });
  }
  return alarms;
}
