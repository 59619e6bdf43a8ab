// SPDX-License-Identifier: GPL-3.0-or-later
/* The frame around every page: header, notice of a lost network, page, messages. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { Toasts } from '../ui/toast';
import { Loading } from '../ui/waiting';
import { useAction } from './action';
import { pageChanged } from './focus';
import { isOnline } from './online';
import { Page } from './page';
import { find, loginPath, place, type Route } from './router';
import { hasRole, logout, user } from './session';
import { SignIn } from './sign_in';
import { language, setLanguage, t } from './text';

function Brand(): JSX.Element {
  return (
    <a class="brand" href="/">
      <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <circle cx="16" cy="15" r="6" class="mark-sun" />
        <path d="M16 3.5v3M6.5 8l2 2M25.5 8l-2 2" class="mark-rays" />
        <path d="M1 27 10 15.500l5 6 4.5-5L31 27z" class="mark-hills" />
      </svg>
      <span>{t('app.name')}</span>
    </a>
  );
}

function LanguageButton(): JSX.Element {
  const other = language.value === 'vi' ? 'en' : 'vi';
  return (
    <button type="button" class="link-button" lang={other} onClick={() => void setLanguage(other).catch(() => undefined)}>
      {t('app.language')}
    </button>
  );
}

function PersonMenu(): JSX.Element | null {
  const person = user.value;
  const menu = useRef<HTMLDetailsElement>(null);
  const leave = useAction(logout);
  const { path } = place.value;
  useEffect(() => menu.current?.removeAttribute('open'), [path]);
  if (person === undefined) return null;
  return (
    <details class="person" ref={menu}>
      <summary>
        <Icon name="person" />
        <span class="person-name">{person ? person.name || person.login : t('login.title')}</span>
      </summary>
      <div class="person-menu">
        {hasRole('instructor', 'admin') && <a href="/studio">{t('app.studio')}</a>}
        {hasRole('admin') && <a href="/admin">{t('app.admin')}</a>}
        {hasRole('admin') && <a href="/admin/announcements">{t('app.announcements')}</a>}
        <LanguageButton />
        {person ? (
          <button type="button" class="link-button" onClick={() => void leave.run()}>
            {t('login.out')}
          </button>
        ) : (
          <a href={loginPath()}>{t('login.submit')}</a>
        )}
      </div>
    </details>
  );
}

function NotFound(): JSX.Element {
  return (
    <Page title={t('app.name')} heading={t('error.no_page')}>
      <p>
        <a href="/">{t('app.home')}</a>
      </p>
    </Page>
  );
}

/** The page of a row, or what stands in its place for whom it is not meant. */
function Gate({ row, params }: { row: Route; params: Record<string, string> }): JSX.Element {
  const person = user.value;
  if (!row.role || hasRole(row.role, 'admin')) return <row.page {...params} />;
  if (person === undefined) {
    return (
      <Page title={t('app.name')} heading={null}>
        <Loading />
      </Page>
    );
  }
  return (
    <Page title={t('login.title')} heading={person ? t('app.name') : t('login.title')}>
      {person ? (
        <Notice tone="warn" icon="warn">
          <p>{t('login.forbidden')}</p>
        </Notice>
      ) : (
        <SignIn lead={t('login.needed')} />
      )}
    </Page>
  );
}

export function Shell(): JSX.Element {
  const found = find(place.value);
  const { path } = place.value;
  const before = useRef(path);
  if (before.current !== path) {
    before.current = path;
    pageChanged();
  }
  return (
    <>
      <a class="skip" href="#main">
        {t('app.skip')}
      </a>
      <header class="top">
        <Brand />
        <PersonMenu />
      </header>
      {!isOnline.value && (
        <p class="strip" role="status">
          <Icon name="offline" />
          {t('app.offline')}
        </p>
      )}
      {found ? <Gate key={`${found.row.pattern} ${path}`} {...found} /> : <NotFound key={path} />}
      <Toasts />
    </>
  );
}
