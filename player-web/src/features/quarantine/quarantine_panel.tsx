// SPDX-License-Identifier: GPL-3.0-or-later
/* Sources that killed the decoder twice: kept, not tried again, until an admin says so. Nothing is
 * shown while there are none. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ApiError } from '../../app/api';
import { bytes, day } from '../../app/format';
import { joinQuarantine, usePages } from '../../app/lists';
import type { Quarantined } from '../../app/types';
import { findText, t } from '../../app/text';
import { Icon } from '../../ui/icon';
import { errorText, Notice } from '../../ui/notice';
import { More } from '../../ui/pager';

const REFRESH_MS = 60_000;

function facts(entry: Quarantined): string {
  return [entry.filename, bytes(entry.source_bytes), t('quarantine.owner', { owner: entry.owner }), day(entry.failed_at)].join(' · ');
}

/** Starting its lecture over is what lets a file be tried again. */
function Release({ lecture, onReleased }: { lecture: string; onReleased: () => void }): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const release = async (): Promise<void> => {
    setAsking(true);
    setProblem(null);
    try {
      await api.retryLecture(lecture);
      onReleased();
    } catch (error) {
      setProblem(error instanceof ApiError ? errorText(error) : t('error.broken'));
      setAsking(false);
    }
  };
  return (
    <>
      {problem && (
        <Notice tone="bad" icon="warn" role="alert">
          <p>{problem}</p>
        </Notice>
      )}
      <button type="button" class="button button-small" disabled={isAsking} onClick={() => void release()}>
        <Icon name="retry" />
        {t('quarantine.retry')}
      </button>
    </>
  );
}

function Entry({ entry, onReleased }: { entry: Quarantined; onReleased: () => void }): JSX.Element {
  const stage = findText(`quarantine.stage_${entry.stage}`) ?? entry.stage;
  return (
    <li class="card quarantined">
      <h3>{entry.title}</h3>
      <p class="soft">{facts(entry)}</p>
      <p>{t('quarantine.reason', { stage })}</p>
      {entry.lecture ? (
        <Release lecture={entry.lecture} onReleased={onReleased} />
      ) : (
        <p class="soft">{t('quarantine.deleted')}</p>
      )}
    </li>
  );
}

export function QuarantinePanel(): JSX.Element | null {
  const list = usePages(api.quarantine, joinQuarantine, [], { refreshMs: () => REFRESH_MS });
  const entries = list.state.value.value?.quarantine ?? [];
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="quarantine">
      <h2 id="quarantine">{t('quarantine.title')}</h2>
      <p class="soft">{t('quarantine.lead')}</p>
      <ul class="quarantine">
        {entries.map((entry) => (
          <Entry key={entry.lecture ?? entry.source_sha256} entry={entry} onReleased={() => void list.refresh()} />
        ))}
      </ul>
      <More hasMore={Boolean(list.state.value.value?.next)} onMore={list.more} />
    </section>
  );
}
