// SPDX-License-Identifier: GPL-3.0-or-later
/* The learner app: home, course, lecture, sign-in. The lecture page and its player are fetched when
 * they are needed, side by side with the lecture itself. */
import { render, type ComponentType, type JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import './app/base.css';
import './app/page.css';
import './features/catalogue/cards.css';
import { match, navigate, nextPage, path, startRouter } from './app/router';
import { loadUser, user } from './app/session';
import { wantsToSaveData } from './player/save_data';
import { startProgressService } from './progress/service';
import { restoreLanguage, t } from './app/text';
import { LoginForm } from './app/login_form';
import { Loading } from './ui/loaded';
import { Notice } from './ui/notice';
import { Page } from './app/page';
import { CoursePage } from './features/catalogue/course_page';
import { HomePage } from './features/catalogue/home_page';

type LecturePageType = ComponentType<{ id: string }>;

/* The page first, then the much larger player: side by side on a weak link, the title would have to
 * wait for hls.js. */
async function fetchLecturePage(): Promise<LecturePageType> {
  const { LecturePage } = await import('./features/lecture/lecture_page');
  void import('./player/make_source').catch(() => undefined); /* asked for again when needed */
  return LecturePage;
}

function LazyLecture({ id }: { id: string }): JSX.Element {
  const [page, setPage] = useState<{ type: LecturePageType } | null>(null);
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    fetchLecturePage().then((type) => setPage({ type }), () => setFailed(true));
  }, []);

  if (page) return <page.type key={id} id={id} />;
  return (
    <Page title={t('app.name')}>
      {hasFailed ? (
        <Notice tone="warn" icon="warn" role="alert">
          <p>{t('error.offline')}</p>
          <button type="button" class="button button-quiet" onClick={() => location.reload()}>
            {t('error.retry')}
          </button>
        </Notice>
      ) : (
        <Loading />
      )}
    </Page>
  );
}

function LoginPage(): JSX.Element {
  const goOn = (): void => {
    const next = nextPage(location.search);
    if (owns(new URL(next, location.origin).pathname)) navigate(next, { replace: true });
    else location.replace(next); /* the studio and the admin's page are apps of their own */
  };
  /* Someone whose session has ended still has a name here, but must sign in again. */
  const isAgain = new URLSearchParams(location.search).has('again');
  const isSignedIn = Boolean(user.value) && !isAgain;
  useEffect(() => {
    if (isSignedIn) goOn();
  }, [isSignedIn]);
  return (
    <Page title={t('login.title')}>
      <LoginForm lead={t('login.lead')} onDone={isAgain ? goOn : undefined} />
    </Page>
  );
}

function NotFound(): JSX.Element {
  return (
    <Page title={t('app.name')}>
      <Notice icon="warn">
        <p>{t('error.not_found')}</p>
        <p>
          <a href="/">{t('app.home')}</a>
        </p>
      </Notice>
    </Page>
  );
}

const PAGES: [pattern: string, draw: (parameters: Record<string, string>) => JSX.Element][] = [
  ['/', () => <HomePage key="home" />],
  ['/login', () => <LoginPage key="login" />],
  ['/course/:id', ({ id = '' }) => <CoursePage key={`course/${id}`} id={id} />],
  ['/lecture/:id', ({ id = '' }) => <LazyLecture key={`lecture/${id}`} id={id} />],
];

function App(): JSX.Element {
  for (const [pattern, draw] of PAGES) {
    const parameters = match(pattern, path.value);
    if (parameters) return draw(parameters);
  }
  return <NotFound />;
}

/* Where the next tap probably leads to a lecture, its player is fetched ahead, once things are
 * quiet; not for those who save data. */
const PREFETCH_AFTER_MS = 4_000;

function prefetchPlayer(): void {
  if (wantsToSaveData() || path.peek().startsWith('/login')) return;
  setTimeout(() => void fetchLecturePage().catch(() => undefined), PREFETCH_AFTER_MS);
}

const owns = (pathname: string): boolean => PAGES.some(([pattern]) => match(pattern, pathname) !== null);

async function start(): Promise<void> {
  startRouter(owns);
  startProgressService();
  void loadUser();
  await restoreLanguage();
  const root = document.getElementById('app');
  root?.replaceChildren();
  if (root) render(<App />, root);
  prefetchPlayer();
}

void start();
