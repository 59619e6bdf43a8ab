// SPDX-License-Identifier: GPL-3.0-or-later
/* Plain words for what went wrong, what is empty and what takes a while. */
import type { ComponentChildren, JSX } from 'preact';
import type { ApiError } from '../app/api';
import { errorText } from '../app/problem';
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

export interface ProblemProps {
  error: ApiError | null;
  /** In place of the words that the error has everywhere. */
  words?: string | null;
  children?: ComponentChildren;
}

/** What an action failed of; nothing while it did not. */
export function Problem({ error, words, children }: ProblemProps): JSX.Element | null {
  if (!error) return null;
  return (
    <Notice tone="bad" icon="warn" role="alert">
      <p>{words ?? errorText(error)}</p>
      {children}
    </Notice>
  );
}
