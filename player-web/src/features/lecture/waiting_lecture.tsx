// SPDX-License-Identifier: GPL-3.0-or-later
/* A lecture that cannot be watched yet, or not at all: where it stands, in words. */
import type { JSX } from 'preact';
import { percent, wait } from '../../app/format';
import { Heading } from '../../app/page';
import type { Lecture } from '../../app/types';
import { Bar } from '../../ui/bar';
import { Icon } from '../../ui/icon';
import { Notice } from '../../ui/notice';
import { t } from './text';

/* Before this much is done an estimate is a guess. */
const ETA_FROM = 0.05;

function Words({ lecture }: { lecture: Lecture }): JSX.Element {
  const { job, upload } = lecture;
  switch (lecture.state) {
    case 'failed':
      return (
        <Notice tone="warn" icon="warn" title={t('wait.failed')}>
          <p>{t('wait.failed_hint')}</p>
        </Notice>
      );
    case 'uploading':
      return (
        <Notice icon="upload" title={t('wait.uploading')} role="status">
          {upload && upload.length > 0 && <Bar part={upload.offset / upload.length} label={t('wait.uploading')} />}
          <p>{t('wait.queued_hint')}</p>
        </Notice>
      );
    case 'queued':
      return (
        <Notice icon="clock" title={t('wait.queued')} role="status">
          <p>{t('wait.queued_hint')}</p>
        </Notice>
      );
    default:
      return (
        <Notice icon="clock" title={`${t('wait.processing')} · ${percent(job?.progress ?? 0)}%`} role="status">
          <Bar part={job?.progress ?? 0} label={t('wait.processing')} />
          <p>
            {job && job.eta_s !== null && job.progress >= ETA_FROM
              ? t('wait.eta', { time: wait(job.eta_s) })
              : t('wait.eta_unknown')}
          </p>
          <p>{t('wait.queued_hint')}</p>
        </Notice>
      );
  }
}

export function WaitingLecture({ lecture }: { lecture: Lecture }): JSX.Element {
  return (
    <div class="waiting">
      <a class="crumb" href={lecture.course ? `/course/${encodeURIComponent(lecture.course.id)}` : '/'}>
        <Icon name="prev" />
        {lecture.course?.title ?? t('app.home')}
      </a>
      <Heading>{lecture.title}</Heading>
      <Words lecture={lecture} />
    </div>
  );
}
