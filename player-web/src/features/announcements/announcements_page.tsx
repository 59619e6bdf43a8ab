// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { Field } from '../../app/forms/field';
import { Form } from '../../app/forms/form';
import { day } from '../../app/format';
import { useList } from '../../app/lists';
import { Page } from '../../app/page';
import type { Announcement } from '../../app/types';
import { Confirm } from '../../ui/confirm';
import { Loaded } from '../../ui/loaded';
import { Notice } from '../../ui/notice';
import { Pager } from '../../ui/pager';
import { Table } from '../../ui/table';
import { toast } from '../../ui/toast';
import { all, announce, NEWS_MAX_CHARS, withdraw } from './api';
import './announcements.css';
import { t } from './text';

function State({ row, onWithdrawn }: { row: Announcement; onWithdrawn: () => unknown }): JSX.Element {
  if (row.withdrawn_at) return <span class="soft">{t('news.withdrawn_at', { day: day(row.withdrawn_at) })}</span>;
  return (
    <span class="news-state">
      {t('news.stands')}
      <Confirm
        ask={t('news.withdraw_ask')}
        hint={t('news.withdraw_hint')}
        yes={t('news.withdraw')}
        onYes={() => withdraw(row.id)}
        onDone={() => {
          toast(t('news.withdrawn'));
          return onWithdrawn();
        }}
      >
        {t('news.withdraw')}
      </Confirm>
    </span>
  );
}

export default function NewsPage(): JSX.Element {
  const list = useList(all);
  return (
    <Page title={t('news.title')}>
      <Form
        submit={t('news.announce')}
        onSubmit={({ text = '' }) => announce(text)}
        onDone={() => {
          toast(t('news.announced'));
          return list.refresh();
        }}
        clears
      >
        <Field
          name="text"
          label={t('news.text')}
          hint={t('news.hint', { max: NEWS_MAX_CHARS })}
          required
          max={NEWS_MAX_CHARS}
          rows={4}
        />
      </Form>
      <Loaded resource={list}>
        {(value) => (
          <section>
            <Table
              caption={t('news.list')}
              rows={value.announcements}
              id={(row) => row.id}
              empty={<Notice icon="clock" title={t('news.empty')} />}
              columns={[
                { head: t('news.text'), cell: (row) => <span class="news-text">{row.text}</span> },
                { head: t('news.made'), cell: (row) => day(row.made_at) },
                { head: t('news.state'), cell: (row) => <State row={row} onWithdrawn={list.refresh} /> },
              ]}
            />
            <Pager next={value.next} onMore={list.more} />
          </section>
        )}
      </Loaded>
    </Page>
  );
}
