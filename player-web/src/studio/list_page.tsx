// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { api } from '../common/api';
import { joinLectures, usePages } from '../common/pages';
import { hasRole } from '../common/session';
import { isMoving } from '../common/types';
import { t } from '../text/text';
import { Icon } from '../ui/icon';
import { Loaded } from '../ui/loaded';
import { Notice } from '../ui/message';
import { More } from '../ui/more';
import { Page } from '../ui/page';
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
