// SPDX-License-Identifier: GPL-3.0-or-later
/* Plain words for what went wrong, what is empty and what takes a while. */
import type { ComponentChildren, JSX } from 'preact';
import type { ApiError } from '../common/api';
import { t, type TextKey } from '../text/text';
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

/** The cause and the next step, never a bare code. */
export function errorText(error: ApiError): string {
  if (error.kind === 'refused') return t('error.refused', { detail: error.problem.detail ?? error.problem.title ?? error.status });
  return t(`error.${error.kind}` satisfies TextKey);
}
