// SPDX-License-Identifier: GPL-3.0-or-later
/* Sources that killed the decoder twice: kept, not tried again, until an admin says so. Nothing is
 * shown while there are none. */
import type { JSX } from 'preact';
import { useAction } from '../../app/action';
import { bytes, day } from '../../app/format';
import { useList } from '../../app/lists';
import type { Quarantined } from '../../app/types';
import { Icon } from '../../ui/icon';
import { Problem } from '../../ui/notice';
import { Pager } from '../../ui/pager';
import { retryLecture } from '../studio/api';
import { quarantine } from './api';
import './quarantine.css';
import { t } from './text';

const REFRESH_MS = 60_000;

function facts(entry: Quarantined): string {
  return [entry.filename, bytes(entry.source_bytes), t('quarantine.owner', { owner: entry.owner }), day(entry.failed_at)].join(' · ');
}

/** Starting its lecture over is what lets a file be tried again. */
function Release({ lecture, onReleased }: { lecture: string; onReleased: () => unknown }): JSX.Element {
  const release = useAction(() => retryLecture(lecture), onReleased);
  return (
    <>
      <Problem error={release.problem} />
      <button type="button" class="button button-small" disabled={release.isBusy} onClick={() => void release.run()}>
        <Icon name="retry" />
        {t('quarantine.retry')}
      </button>
    </>
  );
}

function Entry({ entry, onReleased }: { entry: Quarantined; onReleased: () => unknown }): JSX.Element {
  const stage = t.find(`quarantine.stage_${entry.stage}`) ?? entry.stage;
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
  const list = useList(quarantine, [], { refreshMs: () => REFRESH_MS });
  const { value } = list.state.value;
  if (!value || value.quarantine.length === 0) return null;
  return (
    <section aria-labelledby="quarantine">
      <h2 id="quarantine">{t('quarantine.title')}</h2>
      <p class="soft">{t('quarantine.lead')}</p>
      <ul class="quarantine">
        {value.quarantine.map((entry) => (
          <Entry key={entry.lecture ?? entry.source_sha256} entry={entry} onReleased={list.refresh} />
        ))}
      </ul>
      <Pager next={value.next} onMore={list.more} />
    </section>
  );
}
