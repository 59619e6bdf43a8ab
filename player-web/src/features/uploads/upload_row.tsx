// SPDX-License-Identifier: GPL-3.0-or-later
/* One file on the upload page: its title before, its way while, its end after. */
import type { ComponentChildren, JSX } from 'preact';
import { bytes, percent, wait } from '../../app/format';
import { Field } from '../../app/forms/field';
import { problemText } from '../../app/problem';
import { Bar } from '../../ui/bar';
import { Icon } from '../../ui/icon';
import { Notice } from '../../ui/notice';
import { t } from './text';
import type { UploadQueue } from './upload_queue';
import { cutTyped } from './upload_rules';
import type { UploadTask } from './upload_task';

function partOf(task: UploadTask): number {
  return task.file.size > 0 ? task.sent_bytes.value / task.file.size : 0;
}

function paceText(task: UploadTask): string {
  const parts = [t('upload.progress', { done: bytes(task.sent_bytes.value), total: bytes(task.file.size) })];
  const speed = task.bytesPerSecond.value;
  const left = task.secondsLeft.value;
  if (speed !== null) parts.push(t('upload.speed', { speed: bytes(speed) }));
  if (left !== null) parts.push(t('upload.left', { time: wait(left) }));
  return parts.join(' · ');
}

function Way({ task }: { task: UploadTask }): JSX.Element {
  const state = task.state.value;
  const part = partOf(task);
  return (
    <>
      <Bar part={part} label={t('upload.way')} />
      <p class="soft row-pace">
        {state === 'waiting' && t('upload.waiting')}
        {state === 'paused' && t('upload.paused', { percent: percent(part) })}
        {state === 'uploading' && paceText(task)}
      </p>
      {state === 'retrying' && (
        <Notice tone="warn" icon="offline" role="status">
          <p>{t('upload.retrying')}</p>
        </Notice>
      )}
    </>
  );
}

function Failure({ task }: { task: UploadTask }): JSX.Element | null {
  const failure = task.problem.value;
  if (!failure) return null;
  const words = failure.kind === 'refused' ? problemText(failure.problem) : null;
  return (
    <Notice tone="bad" icon="warn" role="alert">
      <p>{words ?? t(`upload.${failure.kind}`, { code: failure.code })}</p>
    </Notice>
  );
}

/* A file that never could be uploaded needs another file, not another try. */
const isFinal = (task: UploadTask): boolean =>
  ['empty_file', 'not_media', 'container', 'other_file'].includes(task.problem.value?.kind ?? '');

function Actions({ task, queue }: { task: UploadTask; queue: UploadQueue }): ComponentChildren {
  const state = task.state.value;
  const button = (icon: 'pause' | 'play' | 'retry' | 'close', label: string, onClick: () => void): JSX.Element => (
    <button type="button" class="button button-small" onClick={onClick}>
      <Icon name={icon} />
      {label}
    </button>
  );
  const remove = button('close', t('upload.remove'), () => queue.remove(task));

  if (state === 'uploading' || state === 'retrying') {
    return button('pause', t('upload.pause'), () => queue.pause(task));
  }
  if (state === 'paused') return [button('play', t('upload.continue'), () => queue.run(task)), remove];
  if (state === 'failed') {
    return [!isFinal(task) && button('retry', t('upload.retry'), () => queue.run(task)), remove];
  }
  return state === 'done' ? null : remove;
}

export function UploadRow({ task, queue }: { task: UploadTask; queue: UploadQueue }): JSX.Element {
  const state = task.state.value;
  return (
    <article class="row card" aria-label={task.file.name}>
      <p class="soft row-facts">
        {task.file.name} · {bytes(task.file.size)}
      </p>
      {state === 'editing' ? (
        <Field
          name="title"
          label={t('upload.name')}
          value={task.title.value}
          onInput={(written, control) => {
            task.title.value = control.value = cutTyped(written);
          }}
        />
      ) : (
        <h2>{task.title.value}</h2>
      )}
      {task.isContinued.value && state === 'editing' && (
        <Notice tone="good" icon="check">
          <p>{t('upload.continues')}</p>
        </Notice>
      )}
      {['waiting', 'uploading', 'retrying', 'paused'].includes(state) && <Way task={task} />}
      {state === 'done' && (
        <Notice tone="good" icon="check" role="status">
          <p>{t('upload.done')}</p>
        </Notice>
      )}
      <Failure task={task} />
      <footer class="row-foot">
        <Actions task={task} queue={queue} />
      </footer>
    </article>
  );
}
