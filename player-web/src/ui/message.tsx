// SPDX-License-Identifier: GPL-3.0-or-later
/* Plain words for what went wrong, what is empty and what takes a while. */
import type { ComponentChildren, JSX } from 'preact';
import { problemName, type ApiError } from '../common/api';
import type { Problem } from '../common/types';
import { findText, t, type TextKey } from '../text/text';
import { Icon, type IconName } from './icon';

export type Tone = 'calm' | 'warn' | 'bad' | 'good';

export interface NoticeProps {
  tone?: Tone;
  icon?: IconName;
  title?: string;
  children?: ComponentChildren;
  role?: 'alert' | 'status';
}

export function Notice({ tone = 'calm', icon, title, children, role }: NoticeProps): JSX.Element {
  return (
    <div class={`notice notice-${tone}`} role={role}>
      {icon && <Icon name={icon} />}
      <div class="notice-text">
        {title && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** Words of ours for a problem of the server, or null when this app has none. The server's own words
 * may be in another language than the page. */
export function problemText(problem: Problem): string | null {
  return findText(`problem.${problemName(problem)}`, { origin: location.origin });
}

/** The cause and the next step, never a bare code. */
export function errorText(error: ApiError): string {
  const words = problemText(error.problem);
  if (words) return words;
  if (error.kind === 'refused') return t('error.refused', { code: problemName(error.problem) || error.status });
  return t(`error.${error.kind}` satisfies TextKey);
}
