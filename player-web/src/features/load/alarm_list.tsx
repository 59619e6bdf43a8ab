// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { Notice } from '../../ui/notice';
import { findAlarms } from './alarms';
import type { LoadView } from './load_view';

export function AlarmList({ view }: { view: LoadView }): JSX.Element {
  return (
    <>
      {findAlarms(view).map(({ id, title, hint }) => (
        <Notice key={id} tone="warn" icon="warn" title={title} role="status">
          <p>{hint}</p>
        </Notice>
      ))}
    </>
  );
}
