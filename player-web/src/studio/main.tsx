// SPDX-License-Identifier: GPL-3.0-or-later
/* The instructor studio: /studio and /studio/upload. */
import { render, type JSX } from 'preact';
import '../styles/base.css';
import '../styles/page.css';
import '../styles/cards.css';
import '../styles/studio.css';
import { match, path, startRouter } from '../common/router';
import { hasRole, loadUser, user } from '../common/session';
import { studioVi } from '../text/studio_vi';
import { addTexts, restoreLanguage, t } from '../text/text';
import { Loading } from '../ui/loaded';
import { LoginForm } from '../ui/login_form';
import { Notice } from '../ui/message';
import { Page } from '../ui/page';
import { ListPage } from './list_page';
import { UploadPage } from './upload_page';

const owns = (pathname: string): boolean =>
  match('/studio', pathname) !== null || match('/studio/upload', pathname) !== null;

function App(): JSX.Element {
  const isUploading = match('/studio/upload', path.value) !== null;
  if (user.value && hasRole('instructor', 'admin')) {
    return isUploading ? <UploadPage key="upload" /> : <ListPage key="list" />;
  }
  return (
    <Page title={t('studio.title')}>
      {user.value === undefined && <Loading />}
      {user.value === null && <LoginForm lead={t('studio.lead')} />}
      {user.value && (
        <Notice tone="warn" icon="warn">
          <p>{t('login.forbidden')}</p>
        </Notice>
      )}
    </Page>
  );
}

async function start(): Promise<void> {
  addTexts(studioVi, async () => (await import('../text/studio_en')).studioEn);
  startRouter(owns);
  void loadUser();
  await restoreLanguage();
  const root = document.getElementById('app');
  root?.replaceChildren();
  if (root) render(<App />, root);
}

void start();
