// SPDX-License-Identifier: GPL-3.0-or-later
/* A resource in each of its forms: nothing yet, value, stale value, error. */
import type { ComponentChildren, JSX } from 'preact';
import type { ResourceHandle } from '../app/resource';
import { SignIn } from '../app/sign_in';
import { t } from '../app/text';
import { ErrorNotice, Loading } from './waiting';

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
    if (error?.kind === 'signed_out') return <SignIn lead={t('login.needed')} />;
    return error ? <ErrorNotice error={error} isRetried onRetry={() => void resource.refresh()} /> : <Loading />;
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
