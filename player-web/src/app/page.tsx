// SPDX-License-Identifier: GPL-3.0-or-later
/* The frame around every page: header, offline notice, main part. */
import { signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { hasRole, logout, user } from './session';
import { language, setLanguage, t } from './text';
import { Icon } from '../ui/icon';

export const isOnline = signal(navigator.onLine);
addEventListener('online', () => {
  isOnline.value = true;
});
addEventListener('offline', () => {
  isOnline.value = false;
});

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
  if (person === undefined) return null;
  return (
    <details class="person">
      <summary>
        <Icon name="person" />
        <span class="person-name">{person ? person.name || person.login : t('login.title')}</span>
      </summary>
      <div class="person-menu">
        {hasRole('instructor', 'admin') && <a href="/studio">{t('app.studio')}</a>}
        {hasRole('admin') && <a href="/admin">{t('app.admin')}</a>}
        <LanguageButton />
        {person ? (
          <button type="button" class="link-button" onClick={() => void logout().catch(() => undefined)}>
            {t('login.out')}
          </button>
        ) : (
          <a href={`/login?next=${encodeURIComponent(location.pathname)}`}>{t('login.submit')}</a>
        )}
      </div>
    </details>
  );
}

export interface PageProps {
  /** Of the browser's tab, and what a screen reader hears first. */
  title: string;
  children: ComponentChildren;
  /** Room for a video: the page's width is not limited to that of text. */
  isWide?: boolean;
}

export function Page({ title, children, isWide = false }: PageProps): JSX.Element {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = title === t('app.name') ? title : `${title} · ${t('app.name')}`;
  }, [title]);
  useEffect(() => {
    main.current?.focus({ preventScroll: true });
  }, []);

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
      <main id="main" ref={main} tabIndex={-1} class={isWide ? 'main main-wide' : 'main'}>
        {children}
      </main>
    </>
  );
}
