// SPDX-License-Identifier: GPL-3.0-or-later
/* Plain words for what went wrong, what is empty and what takes a while. */
import type { ComponentChildren, JSX } from 'preact';
import { problemName, type ApiError } from '../app/api';
import type { Problem } from '../app/types';
import { findText, t, type TextKey } from '../app/text';
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

/** Words for a problem of our server: the app's own, which say what to do on this page, else the
 * server's, which come in the language of the page (api.ts). null for what is no problem of ours. */
export function problemText(problem: Problem): string | null {
  const name = problemName(problem);
  if (name === '') return null;
  const words = [problem.title, problem.detail].filter(Boolean).join('. ');
  return findText(`problem.${name}`, { origin: location.origin }) ?? (words || null);
}

/** The cause and the next step, never a bare code. */
export function errorText(error: ApiError): string {
  const words = findText(`problem.${problemName(error.problem)}`, { origin: location.origin });
  if (words) return words;
  if (error.kind === 'refused') return t('error.refused', { detail: error.problem.detail ?? error.problem.title ?? error.status });
  return t(`error.${error.kind}` satisfies TextKey);
}
