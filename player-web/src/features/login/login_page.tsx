// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Page } from '../../app/page';
import { navigate, safeNext, type Params } from '../../app/router';
import { user } from '../../app/session';
import LoginForm from './login_form';
import { t } from './text';

export default function LoginPage({ next, again }: Params<'/login?next&again'>): JSX.Element {
  const goOn = (): void => navigate(safeNext(next), { replace: true });
  /* Someone whose session has ended still has a name here, but must sign in again. */
  const isSignedIn = Boolean(user.value) && again === undefined;
  useEffect(() => {
    if (isSignedIn) goOn();
  }, [isSignedIn]);
  return (
    <Page title={t('login.title')}>
      <LoginForm lead={t('login.lead')} onDone={again === undefined ? undefined : goOn} />
    </Page>
  );
}
