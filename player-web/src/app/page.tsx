// SPDX-License-Identifier: GPL-3.0-or-later
/* A page: its title, its heading, its main part. The frame around it is in shell.tsx. */
import type { ComponentChildren, ComponentType, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../ui/icon';
import { takeFocus } from './focus';
import { later, type Later } from './later';
import { t } from './text';

/** The h1 of a page. */
export function Heading({ children, class: name }: { children: ComponentChildren; class?: string }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => takeFocus(heading.current, true), []);
  return (
    <h1 ref={heading} tabIndex={-1} class={name}>
      {children}
    </h1>
  );
}

export interface PageProps {
  /** Of the browser's tab, and the heading unless there is another. */
  title: string;
  /** null: the page has a <Heading> further down. */
  heading?: ComponentChildren;
  /** The way up. */
  up?: { href: string; title: string };
  /** Beside the heading. */
  actions?: ComponentChildren;
  /** Room for a video or a table: the page's width is not limited to that of text. */
  isWide?: boolean;
  children?: ComponentChildren;
}

export function Page({ title, heading = title, up, actions, isWide = false, children }: PageProps): JSX.Element {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = title === t('app.name') ? title : `${title} · ${t('app.name')}`;
  }, [title]);
  useEffect(() => takeFocus(main.current, false), []);

  return (
    <main id="main" ref={main} tabIndex={-1} class={isWide ? 'main main-wide' : 'main'}>
      {up && (
        <a class="crumb" href={up.href}>
          <Icon name="prev" />
          {up.title}
        </a>
      )}
      {heading !== null && (
        <div class="page-head">
          <Heading>{heading}</Heading>
          {actions}
        </div>
      )}
      {children}
    </main>
  );
}

/** A page that comes with the first visit to it. */
export function laterPage<P extends object>(fetch: () => Promise<{ default: ComponentType<P> }>): Later<P> {
  return later(fetch, (children) => (
    <Page title={t('app.name')} heading={null}>
      {children}
    </Page>
  ));
}
