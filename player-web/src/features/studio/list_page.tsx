// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { useList } from '../../app/lists';
import { Page } from '../../app/page';
import { hasRole } from '../../app/session';
import { Icon } from '../../ui/icon';
import { Loaded } from '../../ui/loaded';
import { Notice } from '../../ui/notice';
import { Pager } from '../../ui/pager';
import '../../ui/rows.css';
import { isMoving, lectures, myLectures } from '../catalogue/api';
import { LectureRow } from './lecture_row';
import './studio.css';
import { t } from './text';

const REFRESH_MS = 3_000;

/** An instructor's own lectures; an admin looks after everybody's. */
export default function ListPage(): JSX.Element {
  const isAdmin = hasRole('admin');
  const title = t(isAdmin ? 'studio.title_all' : 'studio.title');
  const list = useList(isAdmin ? lectures : myLectures, [isAdmin], {
    refreshMs: (value) => (value.lectures.some(isMoving) ? REFRESH_MS : null),
  });
  return (
    <Page
      title={title}
      actions={
        <a class="button button-main" href="/studio/upload">
          <Icon name="upload" />
          {t('studio.upload')}
        </a>
      }
    >
      <Loaded resource={list}>
        {(value) =>
          value.lectures.length === 0 ? (
            <Notice icon="upload" title={t('studio.empty')}>
              <p>{t('studio.empty_hint')}</p>
            </Notice>
          ) : (
            <div class="rows">
              {value.lectures.map((lecture) => (
                <LectureRow key={lecture.id} lecture={lecture} onChanged={list.refresh} />
              ))}
              <Pager next={value.next} onMore={list.more} />
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
