// SPDX-License-Identifier: GPL-3.0-or-later
/* One lecture in the studio: where it stands, what went wrong and what to do about it. */
import type { JSX } from 'preact';
import { useAction } from '../../app/action';
import { clock, day, number, percent, wait } from '../../app/format';
import { hasRole } from '../../app/session';
import { language } from '../../app/text';
import type { Finding, Job, LectureRow as Lecture } from '../../app/types';
import { Bar } from '../../ui/bar';
import { Confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icon';
import { Notice, Problem } from '../../ui/notice';
import { toast } from '../../ui/toast';
import { deleteLecture, renameLecture, retryLecture, retryWithoutSound } from './api';
import { RenameButton } from './rename_button';
import { currentStage, movingPart, STAGES, stepState } from './stages';
import { t } from './text';

/* Before this much is done an estimate is a guess. */
const ETA_FROM = 0.05;

/** The sentence, then what it is about when it does not say that itself, and the seconds where it is not about the whole lecture. */
function findingText(finding: Finding): string {
  const sentence = language.value === 'en' ? finding.message_en : finding.message;
  const parts = [sentence];
  if (finding.detail && !sentence.includes(finding.detail)) parts.push(`[${finding.detail}]`);
  if (finding.from_s !== null && finding.until_s !== null)
    parts.push(t('studio.seconds', { from: clock(finding.from_s), until: clock(finding.until_s) }));
  return parts.join(' ');
}

function Steps({ lecture }: { lecture: Lecture }): JSX.Element {
  const current = currentStage(lecture);
  const label = current ? t(`stage.${current}`) : t('stage.queued');
  return (
    <ol class="steps" aria-label={t('stage.label', { stage: label })}>
      {STAGES.map((step) => {
        const state = stepState(step, current);
        return (
          <li key={step} class={`step step-${state}`} aria-current={state === 'now' ? 'step' : undefined}>
            <span class="step-dot">{state === 'done' && <Icon name="check" />}</span>
            <span class="step-name">{t(`stage.${step}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}

function pace(job: Job): string {
  const parts = [`${percent(job.progress)}%`];
  if (job.speed !== null && job.speed > 0) parts.push(t('stage.speed', { speed: number(job.speed, 1) }));
  const isKnown = job.eta_s !== null && job.progress >= ETA_FROM;
  parts.push(isKnown ? t('stage.eta', { time: wait(job.eta_s ?? 0) }) : t('stage.estimating'));
  return parts.join(' · ');
}

function Moving({ lecture }: { lecture: Lecture }): JSX.Element {
  const { state, job } = lecture;
  return (
    <>
      <Steps lecture={lecture} />
      {job?.waits_for === 'disk_space' && (
        <Notice tone="warn" icon="warn" title={t('stage.waits_for_disk')}>
          <p>{t('stage.waits_for_disk_hint')}</p>
        </Notice>
      )}
      {state === 'queued' && <p class="soft">{t('stage.queued')}</p>}
      {state === 'processing' && job && (
        <>
          <Bar part={movingPart(lecture)} label={t('studio.working')} />
          <p class="soft row-pace">{pace(job)}</p>
        </>
      )}
      {state === 'uploading' && (
        <Notice icon="upload" title={t('studio.reselect', { percent: percent(movingPart(lecture)) })}>
          <p>{t('studio.reselect_hint')}</p>
          <a class="button button-small" href={`/studio/upload?lecture=${encodeURIComponent(lecture.id)}`}>
            {t('studio.choose')}
          </a>
        </Notice>
      )}
    </>
  );
}

interface FailureProps {
  finding: Finding | null;
  onRetry: () => void;
  onWithoutSound: () => void;
}

function Failure({ finding, onRetry, onWithoutSound }: FailureProps): JSX.Element {
  const isQuarantined = finding?.code === 'E_SOURCE_CRASHES';
  return (
    <Notice tone="bad" icon="warn" title={finding ? findingText(finding) : t('error.broken')}>
      {finding && <p class="soft">{t('studio.code', { code: finding.code })}</p>}
      {(!isQuarantined || hasRole('admin')) && (
        <button type="button" class="button button-small" onClick={onRetry}>
          <Icon name="retry" />
          {t('studio.retry')}
        </button>
      )}
      {finding?.code === 'E_SOUND_CODEC' && (
        <button type="button" class="button button-small" onClick={onWithoutSound}>
          {t('studio.without_sound')}
        </button>
      )}
    </Notice>
  );
}

function StateTag({ lecture }: { lecture: Lecture }): JSX.Element | null {
  if (lecture.state === 'ready') return <span class="tag tag-ready">{t('studio.ready')}</span>;
  if (lecture.state === 'failed') return <span class="tag tag-failed">{t('studio.failed')}</span>;
  return lecture.playback ? <span class="tag tag-processing">{t('studio.early')}</span> : null;
}

export function LectureRow({ lecture, onChanged }: { lecture: Lecture; onChanged: () => unknown }): JSX.Element {
  const retry = useAction((withoutSound: boolean) => (withoutSound ? retryWithoutSound : retryLecture)(lecture.id), onChanged);
  const isMoving = lecture.state !== 'ready' && lecture.state !== 'failed';

  return (
    <article class="row card" aria-label={lecture.title}>
      <header class="row-head">
        <h2>{lecture.title}</h2>
        <StateTag lecture={lecture} />
      </header>
      <p class="soft row-facts">
        {[lecture.course?.title, lecture.duration_s !== null && clock(lecture.duration_s), day(lecture.created_at)]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {isMoving && <Moving lecture={lecture} />}
      {lecture.state === 'failed' && (
        <Failure
          finding={lecture.job?.error ?? null}
          onRetry={() => void retry.run(false)}
          onWithoutSound={() => void retry.run(true)}
        />
      )}
      {lecture.job?.warnings.map((warning) => (
        <Notice key={`${warning.code} ${warning.from_s} ${warning.detail}`} tone="warn" icon="warn">
          <p>{t('studio.attention', { text: findingText(warning) })}</p>
        </Notice>
      ))}
      <Problem error={retry.problem} />
      <footer class="row-foot">
        {lecture.playback && (
          <a class="button button-small" href={`/lecture/${encodeURIComponent(lecture.id)}`}>
            <Icon name="play" />
            {t('studio.watch')}
          </a>
        )}
        <RenameButton title={lecture.title} onRename={(title) => renameLecture(lecture.id, title)} onDone={onChanged} />
        <Confirm
          class="button button-small button-plain"
          ask={t('studio.delete_ask')}
          hint={t('studio.delete_hint', { title: lecture.title })}
          yes={t('studio.delete_sure')}
          no={t('studio.delete_keep')}
          onYes={() => deleteLecture(lecture.id)}
          onDone={() => {
            toast(t('studio.deleted'));
            return onChanged();
          }}
        >
          <Icon name="trash" />
          {t('studio.delete')}
        </Confirm>
      </footer>
    </article>
  );
}
