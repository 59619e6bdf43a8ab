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

export function ErrorNotice({ error, onRetry }: { error: ApiError; onRetry: () => void }): JSX.Element {
  return (
    <Notice tone="warn" icon="warn" role="alert">
      <p>{errorText(error)}</p>
      <button type="button" class="button button-quiet" onClick={onRetry}>
        <Icon name="retry" />
        {t('error.retry')}
      </button>
    </Notice>
  );
}
