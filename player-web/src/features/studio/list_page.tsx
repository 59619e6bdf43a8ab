// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { api } from '../../app/api';
import { joinLectures, usePages } from '../../app/lists';
import { hasRole } from '../../app/session';
import { isMoving } from '../../app/types';
import { t } from '../../app/text';
import { Icon } from '../../ui/icon';
import { Loaded } from '../../ui/loaded';
import { Notice } from '../../ui/notice';
import { More } from '../../ui/pager';
import { Page } from '../../app/page';
import { LectureRow } from './lecture_row';

const REFRESH_MS = 3_000;

/** An instructor's own lectures; an admin looks after everybody's. */
export function ListPage(): JSX.Element {
  const isAdmin = hasRole('admin');
  const title = t(isAdmin ? 'studio.title_all' : 'studio.title');
  const lectures = usePages(isAdmin ? api.lectures : api.myLectures, joinLectures, [isAdmin], {
    refreshMs: (value) => (value.lectures.some(isMoving) ? REFRESH_MS : null),
  });
  return (
    <Page title={title}>
      <div class="studio-head">
        <h1>{title}</h1>
        <a class="button button-main" href="/studio/upload">
          <Icon name="upload" />
          {t('studio.upload')}
        </a>
      </div>
      <Loaded resource={lectures}>
        {(value) =>
          value.lectures.length === 0 ? (
            <Notice icon="upload" title={t('studio.empty')}>
              <p>{t('studio.empty_hint')}</p>
            </Notice>
          ) : (
            <div class="rows">
              {value.lectures.map((lecture) => (
                <LectureRow key={lecture.id} lecture={lecture} onChanged={() => void lectures.refresh()} />
              ))}
              <More hasMore={Boolean(value.next)} onMore={lectures.more} />
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
