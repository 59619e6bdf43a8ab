// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { api } from '../../app/api';
import { length } from '../../app/format';
import { joinLectures, usePages } from '../../app/lists';
import { user } from '../../app/session';
import { isMoving, type Course, type LectureList } from '../../app/types';
import { t } from '../../app/text';
import { Icon } from '../../ui/icon';
import { Loaded } from '../../ui/loaded';
import { Notice } from '../../ui/notice';
import { More } from '../../ui/pager';
import { Page } from '../../app/page';
import { LectureCard } from './lecture_card';
import { askUnknown } from './seen_memory';

const REFRESH_MS = 20_000;

function Lectures({ course, onMore }: { course: Course; onMore: () => Promise<void> }): JSX.Element {
  /* what a phone kept from before lists had parts lacks both */
  const { n_lectures = course.lectures.length, duration_s = 0 } = course as Partial<Course> & LectureList;
  useEffect(() => {
    void askUnknown(course.lectures);
  }, [course, user.value?.id]);

  return (
    <>
      <h1>{course.title}</h1>
      <p class="soft">
        {t('course.lectures', { n: n_lectures })}
        {duration_s > 0 && ` · ${length(duration_s)}`}
      </p>
      {course.lectures.length === 0 ? (
        <Notice icon="clock">
          <p>{t('course.empty')}</p>
        </Notice>
      ) : (
        <ol class="cards cards-numbered">
          {course.lectures.map((lecture) => (
            <li key={lecture.id}>
              <LectureCard lecture={lecture} showsCourse={false} />
            </li>
          ))}
        </ol>
      )}
      <More hasMore={Boolean(course.next)} onMore={onMore} />
    </>
  );
}

export function CoursePage({ id }: { id: string }): JSX.Element {
  const course = usePages((after) => api.course(id, after), joinLectures, [id], {
    cacheAs: `course.${id}`,
    refreshMs: (value) => (value.lectures.some(isMoving) ? REFRESH_MS : null),
  });
  return (
    <Page title={course.state.value.value?.title ?? t('home.courses')}>
      <a class="crumb" href="/">
        <Icon name="prev" />
        {t('app.home')}
      </a>
      <Loaded resource={course}>{(value) => <Lectures course={value} onMore={course.more} />}</Loaded>
    </Page>
  );
}
