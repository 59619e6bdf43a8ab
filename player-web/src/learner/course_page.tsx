// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { api } from '../common/api';
import { length } from '../common/format';
import { useResource } from '../common/resource';
import { user } from '../common/session';
import { isMoving, type Course } from '../common/types';
import { t } from '../text/text';
import { Icon } from '../ui/icon';
import { Loaded } from '../ui/loaded';
import { Notice } from '../ui/message';
import { Page } from '../ui/page';
import { LectureCard } from './lecture_card';
import { askUnknown } from './seen_memory';

const REFRESH_MS = 20_000;

function Lectures({ course }: { course: Course }): JSX.Element {
  const duration_s = course.lectures.reduce((sum, lecture) => sum + (lecture.duration_s ?? 0), 0);
  useEffect(() => {
    void askUnknown(course.lectures);
  }, [course, user.value?.id]);

  return (
    <>
      <h1>{course.title}</h1>
      <p class="soft">
        {t('course.lectures', { n: course.lectures.length })}
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
    </>
  );
}

export function CoursePage({ id }: { id: string }): JSX.Element {
  const course = useResource(() => api.course(id), [id], {
    cacheAs: `course.${id}`,
    refreshMs: (value) => (value.lectures.some(isMoving) ? REFRESH_MS : null),
  });
  return (
    <Page title={course.state.value.value?.title ?? t('home.courses')}>
      <a class="crumb" href="/">
        <Icon name="prev" />
        {t('app.home')}
      </a>
      <Loaded resource={course}>{(value) => <Lectures course={value} />}</Loaded>
    </Page>
  );
}
