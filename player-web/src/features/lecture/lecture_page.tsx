// SPDX-License-Identifier: GPL-3.0-or-later
/* One lecture: the player as soon as anything can be watched, before that where it stands. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { ApiError } from '../../app/api';
import { percent } from '../../app/format';
import { loadUntil } from '../../app/lists';
import { Heading, Page } from '../../app/page';
import { useResource } from '../../app/resource';
import { loginPath, type Params } from '../../app/router';
import { user } from '../../app/session';
import type { Course, Lecture, LectureRow, Playback } from '../../app/types';
import { Player } from '../../player/player';
import '../../player/player.css';
import type { Seen } from '../../progress/resume';
import { sender } from '../../progress/service';
import { Bar } from '../../ui/bar';
import { Icon } from '../../ui/icon';
import { Loaded } from '../../ui/loaded';
import { Notice } from '../../ui/notice';
import { Pager } from '../../ui/pager';
import { ErrorNotice } from '../../ui/waiting';
import { courseAt, isMoving, lectureAt } from '../catalogue/api';
import { LectureCard } from '../catalogue/lecture_card';
import { SlideList } from './slide_list';
import './slides.css';
import { t } from './text';
import { usePlayer } from './use_player';
import { WaitingLecture } from './waiting_lecture';

const REFRESH_MS = 5_000;

function SaveLine(): JSX.Element | null {
  if (user.value === undefined) return null;
  if (user.value === null) {
    return (
      <p class="save-line">
        <a href={loginPath()}>{t('watch.sign_in')}</a>
      </p>
    );
  }
  const state = sender.value?.state.value;
  if (state === 'stopped') {
    return (
      <p class="save-line save-warn" role="alert">
        <a href={`${loginPath()}&again=1`}>{t('watch.session_lost')}</a>
      </p>
    );
  }
  const isUnsaved = state === 'waiting' && (sender.value?.n_waiting.value ?? 0) > 0;
  return (
    <p class={isUnsaved ? 'save-line save-warn' : 'save-line'}>
      <Icon name={isUnsaved ? 'clock' : 'check'} />
      {t(isUnsaved ? 'watch.unsaved' : 'watch.saved')}
    </p>
  );
}

function SeenPanel({ seen }: { seen: Seen | null }): JSX.Element | null {
  if (!seen) return null;
  const text = seen.completed
    ? t('watch.completed')
    : t('watch.seen', { percent: percent(seen.coverage_permille / 1000) });
  return (
    <div class={seen.completed ? 'seen seen-done' : 'seen'}>
      <p class="seen-text">
        {seen.completed && <Icon name="check" />}
        {text}
      </p>
      <Bar part={seen.coverage_permille / 1000} label={text} tone="sun" />
    </div>
  );
}

/** Up to the lecture and the one behind it, however far in the course that is. */
function loadAround(courseId: string, id: string): Promise<Course> {
  const reaches = ({ lectures }: Course): boolean => lectures.slice(0, -1).some((other) => other.id === id);
  return loadUntil(courseAt(courseId), reaches);
}

/** The others of a course: what follows the lecture, then what is before it. */
export function othersOf(lectures: readonly LectureRow[], id: string): LectureRow[] {
  const at = lectures.findIndex((other) => other.id === id);
  return [...lectures.slice(at + 1), ...lectures.slice(0, Math.max(at, 0))];
}

function CourseLectures({ lecture, courseId }: { lecture: Lecture; courseId: string }): JSX.Element {
  const course = useResource(() => loadAround(courseId, lecture.id), [courseId, lecture.id], { cacheAs: `course.${courseId}` });
  const value = course.state.value.value;
  const others = othersOf(value?.lectures ?? [], lecture.id);
  const { load, join } = courseAt(courseId);
  const more = (): Promise<void> =>
    course.extend(async (shown) => (shown.next ? join(shown, await load(shown.next)) : shown));
  return (
    <>
      {others.length > 0 && (
        <section class="others" aria-labelledby="others">
          <h2 id="others">{t('watch.next')}</h2>
          <ul class="cards cards-narrow">
            {others.map((other) => (
              <li key={other.id}>
                <LectureCard lecture={other} showsCourse={false} />
              </li>
            ))}
          </ul>
          <Pager next={value?.next} onMore={more} />
        </section>
      )}
    </>
  );
}

function Watch({ lecture, playback }: { lecture: Lecture; playback: Playback }): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const { view, seen, hasFailed, retry } = usePlayer(video, lecture, playback);
  return (
    <div class="watch">
      <div class="watch-main">
        <Player
          lecture={lecture}
          playback={playback}
          video={video}
          view={view}
          isLoading={!view && !hasFailed}
          isGrowing={isMoving(lecture)}
        />
        {hasFailed && <ErrorNotice error={new ApiError('offline', 0)} onRetry={retry} />}
        {view && playback.slides && <SlideList url={playback.slides} engine={view.engine} video={video} />}
        <div class="watch-words">
          <Heading>{lecture.title}</Heading>
          {lecture.course && (
            <p class="soft">
              <a href={`/course/${encodeURIComponent(lecture.course.id)}`}>{lecture.course.title}</a>
            </p>
          )}
          {isMoving(lecture) && (
            <Notice icon="clock" role="status">
              <p>{t('watch.growing')}</p>
              {lecture.job && <Bar part={lecture.job.progress} label={t('wait.processing')} />}
            </Notice>
          )}
          <SeenPanel seen={seen} />
          <SaveLine />
          <p class="keys soft">{t('watch.keys')}</p>
        </div>
      </div>
      {lecture.course && <CourseLectures lecture={lecture} courseId={lecture.course.id} />}
    </div>
  );
}

/* A fresh look at the lecture may carry fresh addresses; the player keeps those it was opened with
 * until the server refuses them. */
export default function LecturePage({ id }: Params<'/lecture/:id'>): JSX.Element {
  const lecture = useResource(() => lectureAt(id), [id], {
    refreshMs: (value) => (isMoving(value) ? REFRESH_MS : null),
  });
  return (
    <Page title={lecture.state.value.value?.title ?? t('app.name')} heading={null} isWide>
      <Loaded resource={lecture}>
        {(value) =>
          value.playback ? (
            <Watch key={value.id} lecture={value} playback={value.playback} />
          ) : (
            <WaitingLecture lecture={value} />
          )
        }
      </Loaded>
    </Page>
  );
}
