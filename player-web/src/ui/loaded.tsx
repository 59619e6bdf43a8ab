// SPDX-License-Identifier: GPL-3.0-or-later
/* A resource in each of its forms: nothing yet, value, stale value, error. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ApiError } from '../app/api';
import type { ResourceHandle } from '../app/resource';
import { t } from '../app/text';
import { Icon } from './icon';
import { LoginForm } from '../app/login_form';
import { errorText, Notice } from './notice';

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

/** Draws a resource in each of its forms: nothing yet, value, stale value, error. */
export function Loaded<T>({
  resource,
  children,
}: {
  resource: ResourceHandle<T>;
  children: (value: T) => ComponentChildren;
}): JSX.Element {
  const { value, isStale, error } = resource.state.value;
  if (value === null) {
    if (error?.kind === 'signed_out') return <LoginForm lead={t('login.needed')} />;
    return error ? <ErrorNotice error={error} onRetry={() => void resource.refresh()} /> : <Loading />;
  }
  return (
    <>
      {isStale && error && (
        <p class="stale" role="status">
          {t('state.stale')}
        </p>
      )}
      {children(value)}
    </>
  );
}
