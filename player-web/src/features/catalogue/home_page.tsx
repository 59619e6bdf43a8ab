// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../app/api';
import { length } from '../../app/format';
import { joinCourses, joinLectures, usePages } from '../../app/lists';
import { user } from '../../app/session';
import type { CourseSummary, LectureList } from '../../app/types';
import { t } from '../../app/text';
import { Icon } from '../../ui/icon';
import { Loaded } from '../../ui/loaded';
import { Notice } from '../../ui/notice';
import { More } from '../../ui/pager';
import { Page } from '../../app/page';
import { LectureCard, ResumeCard } from './lecture_card';
import { askUnknown, lectureToResume } from './seen_memory';

const MAX_RECENT = 8;

function CourseLink({ course }: { course: CourseSummary }): JSX.Element {
  return (
    <a class="course-link" href={`/course/${encodeURIComponent(course.id)}`}>
      <span class="card-text">
        <span class="card-title">{course.title}</span>
        <span class="card-soft">
          {t('course.lectures', { n: course.n_lectures })}
          {course.duration_s > 0 && ` · ${length(course.duration_s)}`}
        </span>
      </span>
      <Icon name="next" />
    </a>
  );
}

function Recent({ list, onMore }: { list: LectureList; onMore: () => Promise<void> }): JSX.Element {
  const [isWhole, showWhole] = useState(false);
  const { lectures } = list;
  const shown = lectures.filter((lecture) => lecture.state !== 'failed' && lecture.state !== 'uploading');
  const resume = lectureToResume(shown);
  useEffect(() => {
    void askUnknown(shown);
  }, [lectures, user.value?.id]);

  /* What was fetched already comes first. */
  const isCut = !isWhole && shown.length > MAX_RECENT;
  const more = async (): Promise<void> => {
    showWhole(true);
    if (!isCut) await onMore();
  };

  if (shown.length === 0 && !list.next) {
    return (
      <Notice icon="clock" title={t('home.empty')}>
        <p>{t('home.empty_hint')}</p>
      </Notice>
    );
  }
  return (
    <>
      {resume && <ResumeCard lecture={resume} />}
      <section aria-labelledby="recent">
        <h2 id="recent">{t('home.recent')}</h2>
        <ul class="cards">
          {(isWhole ? shown : shown.slice(0, MAX_RECENT)).map((lecture) => (
            <li key={lecture.id}>
              <LectureCard lecture={lecture} />
            </li>
          ))}
        </ul>
        <More hasMore={Boolean(list.next) || isCut} onMore={more} />
      </section>
    </>
  );
}

export function HomePage(): JSX.Element {
  const lectures = usePages(api.lectures, joinLectures, [], { cacheAs: 'lectures' });
  const courses = usePages(api.courses, joinCourses, [], { cacheAs: 'courses' });
  const name = user.value?.name;

  return (
    <Page title={t('app.name')}>
      <h1 class="hello">{name ? t('home.hello', { name }) : t('home.welcome')}</h1>
      <Loaded resource={lectures}>{(value) => <Recent list={value} onMore={lectures.more} />}</Loaded>
      <Loaded resource={courses}>
        {(value) =>
          value.courses.length > 0 && (
            <section aria-labelledby="courses">
              <h2 id="courses">{t('home.courses')}</h2>
              <ul class="course-list">
                {value.courses.map((course) => (
                  <li key={course.id}>
                    <CourseLink course={course} />
                  </li>
                ))}
              </ul>
              <More hasMore={Boolean(value.next)} onMore={courses.more} />
            </section>
          )
        }
      </Loaded>
    </Page>
  );
}
