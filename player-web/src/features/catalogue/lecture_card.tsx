// SPDX-License-Identifier: GPL-3.0-or-later
/* A lecture in a list: picture, title, length, and how far this person is. */
import type { JSX } from 'preact';
import { clock, length, percent } from '../../app/format';
import type { LectureRow } from '../../app/types';
import { Bar } from '../../ui/bar';
import { Icon } from '../../ui/icon';
import './cards.css';
import { glimpse } from './seen_memory';
import { t } from './text';

export function Poster({ lecture }: { lecture: LectureRow }): JSX.Element {
  const url = lecture.playback?.poster;
  return (
    <span class="poster">
      {url ? (
        <img src={url} alt="" loading="lazy" decoding="async" width={320} height={180} />
      ) : (
        <svg class="poster-blank" viewBox="0 0 64 36" aria-hidden="true" focusable="false">
          <circle cx="45" cy="14" r="6" class="blank-sun" />
          <path d="M0 36 17 15l11 13 8-7 14 15z" class="blank-hill" />
        </svg>
      )}
      {lecture.duration_s !== null && <span class="poster-length">{clock(lecture.duration_s)}</span>}
    </span>
  );
}

function stateText(lecture: LectureRow): string | null {
  switch (lecture.state) {
    case 'ready':
      return null;
    case 'queued':
      return t('lecture.queued');
    case 'processing':
      return lecture.playback
        ? t('lecture.light')
        : t('lecture.processing', { percent: percent(lecture.job?.progress ?? 0) });
    case 'uploading':
      return t('lecture.uploading');
    case 'failed':
      return t('lecture.failed');
  }
}

function SeenLine({ lecture }: { lecture: LectureRow }): JSX.Element | null {
  const seen = glimpse(lecture.id);
  if (seen?.completed) {
    return (
      <span class="card-done">
        <Icon name="check" />
        {t('lecture.done')}
      </span>
    );
  }
  if (!seen || seen.coverage <= 0) return null;
  return <Bar part={seen.coverage} label={t('lecture.seen', { percent: percent(seen.coverage) })} tone="sun" />;
}

export function LectureCard({ lecture, showsCourse = true }: { lecture: LectureRow; showsCourse?: boolean }): JSX.Element {
  const state = stateText(lecture);
  return (
    <a class="lecture-card" href={`/lecture/${encodeURIComponent(lecture.id)}`}>
      <Poster lecture={lecture} />
      <span class="card-text">
        <span class="card-title">{lecture.title}</span>
        {showsCourse && lecture.course && <span class="card-soft">{lecture.course.title}</span>}
        {state ? (
          <span class={`tag tag-${lecture.state}`}>{state}</span>
        ) : (
          lecture.duration_s !== null && !showsCourse && <span class="card-soft">{length(lecture.duration_s)}</span>
        )}
        <SeenLine lecture={lecture} />
      </span>
    </a>
  );
}

/** The large card on top of the home page. */
export function ResumeCard({ lecture }: { lecture: LectureRow }): JSX.Element {
  const seen = glimpse(lecture.id);
  const left_s = Math.max(0, (lecture.duration_s ?? 0) - (seen?.position_s ?? 0));
  return (
    <a class="resume-card" href={`/lecture/${encodeURIComponent(lecture.id)}`}>
      <Poster lecture={lecture} />
      <span class="resume-text">
        <span class="resume-label">{t('home.resume')}</span>
        <span class="resume-title">{lecture.title}</span>
        <span class="resume-row">
          <span class="resume-play">
            <Icon name="play" />
          </span>
          {lecture.duration_s !== null && <span>{t('home.left', { minutes: length(left_s) })}</span>}
        </span>
        {seen && <Bar part={seen.coverage} label={t('lecture.seen', { percent: percent(seen.coverage) })} tone="sun" />}
      </span>
    </a>
  );
}
