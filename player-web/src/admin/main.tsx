// SPDX-License-Identifier: GPL-3.0-or-later
/* The admin dashboard: /admin. */
import { render, type JSX } from 'preact';
import '../styles/base.css';
import '../styles/page.css';
import '../styles/studio.css';
import '../styles/admin.css';
import { hasRole, loadUser, user } from '../common/session';
import { adminVi } from '../text/admin_vi';
import { addTexts, restoreLanguage, t } from '../text/text';
import { Loading } from '../ui/loaded';
import { LoginForm } from '../ui/login_form';
import { Notice } from '../ui/message';
import { Page } from '../ui/page';
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
  addTexts(adminVi, async () => (await import('../text/admin_en')).adminEn);
  void loadUser();
  await restoreLanguage();
  const root = document.getElementById('app');
  root?.replaceChildren();
  if (root) render(<App />, root);
}

void start();
