// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { length } from '../../app/format';
import { useList } from '../../app/lists';
import { Page } from '../../app/page';
import { user } from '../../app/session';
import type { CourseSummary, LectureList } from '../../app/types';
import { Icon } from '../../ui/icon';
import { Loaded } from '../../ui/loaded';
import { Notice } from '../../ui/notice';
import { Pager } from '../../ui/pager';
import { useLectureAhead } from '../lecture/load';
import { courses, lectures } from './api';
import { HomeAnnouncements } from './home_announcements';
import { LectureCard, ResumeCard } from './lecture_card';
import { askUnknown, lectureToResume } from './seen_memory';
import { t } from './text';

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
        <Pager next={list.next || isCut} onMore={more} />
      </section>
    </>
  );
}

export function HomePage(): JSX.Element {
  useLectureAhead();
  const recent = useList(lectures, [], { cacheAs: 'lectures' });
  const offered = useList(courses, [], { cacheAs: 'courses' });
  const name = user.value?.name;

  return (
    <Page title={t('app.name')} heading={name ? t('home.hello', { name }) : t('home.welcome')}>
      <HomeAnnouncements />
      <Loaded resource={recent}>{(value) => <Recent list={value} onMore={recent.more} />}</Loaded>
      <Loaded resource={offered}>
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
              <Pager next={value.next} onMore={offered.more} />
            </section>
          )
        }
      </Loaded>
    </Page>
  );
}
