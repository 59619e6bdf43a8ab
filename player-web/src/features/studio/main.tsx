// SPDX-License-Identifier: GPL-3.0-or-later
/* The instructor studio: /studio and /studio/upload. */
import { render, type JSX } from 'preact';
import '../../app/base.css';
import '../../app/page.css';
import '../catalogue/cards.css';
import './studio.css';
import { match, path, startRouter } from '../../app/router';
import { hasRole, loadUser, user } from '../../app/session';
import { studioVi } from './text.vi';
import { addTexts, restoreLanguage, t } from '../../app/text';
import { Loading } from '../../ui/loaded';
import { LoginForm } from '../../app/login_form';
import { Notice } from '../../ui/notice';
import { Page } from '../../app/page';
import { ListPage } from './list_page';
import { UploadPage } from '../uploads/upload_page';

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
  addTexts(studioVi, async () => (await import('./text.en')).studioEn);
  startRouter(owns);
  void loadUser();
  await restoreLanguage();
  const root = document.getElementById('app');
  root?.replaceChildren();
  if (root) render(<App />, root);
}

void start();
