// SPDX-License-Identifier: GPL-3.0-or-later
/* What stands where something is still to come, or has not come. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ApiError } from '../app/api';
import { errorText } from '../app/problem';
import { t } from '../app/text';
import { Icon } from './icon';
import { Notice } from './notice';

/* Anything quicker needs no sign of waiting; flashing one makes a page feel slow. */
const QUIET_MS = 300;

export function Loading(): JSX.Element | null {
  const [isShown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  return isShown ? (
    <div class="loading" role="status">
      <span class="loading-dots" aria-hidden="true" />
      {t('state.loading')}
    </div>
  ) : null;
}

export interface ErrorNoticeProps {
  error: ApiError;
  onRetry: () => void;
  /** Whoever asks does so again by itself when the network is back; else this does. */
  isRetried?: boolean;
}

/** Something did not come. It is asked for again at a tap, and when the network is back. */
export function ErrorNotice({ error, onRetry, isRetried = false }: ErrorNoticeProps): JSX.Element {
  useEffect(() => {
    if (isRetried) return undefined;
    window.addEventListener('online', onRetry);
    return () => window.removeEventListener('online', onRetry);
  });
  return (
    <Notice tone="warn" icon="warn" role="alert">
      <p>{error.kind === 'offline' ? t('error.offline_retried') : errorText(error)}</p>
      <button type="button" class="button button-quiet" onClick={onRetry}>
        <Icon name="retry" />
        {t('error.retry')}
      </button>
    </Notice>
  );
}
