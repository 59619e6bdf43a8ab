// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { length } from '../../app/format';
import { useList } from '../../app/lists';
import { Page } from '../../app/page';
import type { Params } from '../../app/router';
import { user } from '../../app/session';
import type { Course, LectureList } from '../../app/types';
import { Loaded } from '../../ui/loaded';
import { Notice } from '../../ui/notice';
import { Pager } from '../../ui/pager';
import { useLectureAhead } from '../lecture/load';
import { courseAt, isMoving } from './api';
import { LectureCard } from './lecture_card';
import { askUnknown } from './seen_memory';
import { t } from './text';

const REFRESH_MS = 20_000;

function Lectures({ course, onMore }: { course: Course; onMore: () => Promise<void> }): JSX.Element {
  /* what a phone kept from before lists had parts lacks both */
  const { n_lectures = course.lectures.length, duration_s = 0 } = course as Partial<Course> & LectureList;
  useEffect(() => {
    void askUnknown(course.lectures);
  }, [course, user.value?.id]);

  return (
    <>
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
      <Pager next={course.next} onMore={onMore} />
    </>
  );
}

export function CoursePage({ id }: Params<'/course/:id'>): JSX.Element {
  useLectureAhead();
  const course = useList(courseAt(id), [id], {
    cacheAs: `course.${id}`,
    refreshMs: (value) => (value.lectures.some(isMoving) ? REFRESH_MS : null),
  });
  return (
    <Page title={course.state.value.value?.title ?? t('course.one')} up={{ href: '/', title: t('app.home') }}>
      <Loaded resource={course}>{(value) => <Lectures course={value} onMore={course.more} />}</Loaded>
    </Page>
  );
}
