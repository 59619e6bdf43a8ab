// SPDX-License-Identifier: GPL-3.0-or-later
/* The admin dashboard: /admin. */
import { render, type JSX } from 'preact';
import '../../app/base.css';
import '../../app/page.css';
import '../studio/studio.css';
import './load.css';
import { hasRole, loadUser, user } from '../../app/session';
import { adminVi } from './text.vi';
import { addTexts, restoreLanguage, t } from '../../app/text';
import { Loading } from '../../ui/loaded';
import { LoginForm } from '../../app/login_form';
import { Notice } from '../../ui/notice';
import { Page } from '../../app/page';
import { LoadPage } from './load_page';

function App(): JSX.Element {
  if (user.value && hasRole('admin')) return <LoadPage />;
  return (
    <Page title={t('admin.title')}>
      {user.value === undefined && <Loading />}
      {user.value === null && <LoginForm lead={t('admin.lead')} />}
      {user.value && (
        <Notice tone="warn" icon="warn">
          <p>{t('login.forbidden')}</p>
        </Notice>
      )}
    </Page>
  );
}

async function start(): Promise<void> {
  addTexts(adminVi, async () => (await import('./text.en')).adminEn);
  void loadUser();
  await restoreLanguage();
  const root = document.getElementById('app');
  root?.replaceChildren();
  if (root) render(<App />, root);
}

void start();
