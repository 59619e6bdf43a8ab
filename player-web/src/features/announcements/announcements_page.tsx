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
import { all, announce, ANNOUNCEMENT_MAX_CHARS, withdraw } from './api';
import './announcements.css';
import { t } from './text';

function State({ row, onWithdrawn }: { row: Announcement; onWithdrawn: () => unknown }): JSX.Element {
  if (row.withdrawn_at) return <span class="soft">{t('announcements.withdrawn_at', { day: day(row.withdrawn_at) })}</span>;
  return (
    <span class="announcement-state">
      {t('announcements.stands')}
      <Confirm
        ask={t('announcements.withdraw_ask')}
        hint={t('announcements.withdraw_hint')}
        yes={t('announcements.withdraw')}
        onYes={() => withdraw(row.id)}
        onDone={() => {
          toast(t('announcements.withdrawn'));
          return onWithdrawn();
        }}
      >
        {t('announcements.withdraw')}
      </Confirm>
    </span>
  );
}

export default function AnnouncementsPage(): JSX.Element {
  const list = useList(all);
  return (
    <Page title={t('announcements.title')}>
      <Form
        submit={t('announcements.announce')}
        onSubmit={({ text = '' }) => announce(text)}
        onDone={() => {
          toast(t('announcements.announced'));
          return list.refresh();
        }}
        clears
      >
        <Field
          name="text"
          label={t('announcements.text')}
          hint={t('announcements.hint', { max: ANNOUNCEMENT_MAX_CHARS })}
          required
          max={ANNOUNCEMENT_MAX_CHARS}
          rows={4}
        />
      </Form>
      <Loaded resource={list}>
        {(value) => (
          <section>
            <Table
              caption={t('announcements.list')}
              rows={value.announcements}
              id={(row) => row.id}
              empty={<Notice icon="clock" title={t('announcements.empty')} />}
              columns={[
                { head: t('announcements.text'), cell: (row) => <span class="announcement-text">{row.text}</span> },
                { head: t('announcements.made'), cell: (row) => day(row.made_at) },
                { head: t('announcements.state'), cell: (row) => <State row={row} onWithdrawn={list.refresh} /> },
              ]}
            />
            <Pager next={value.next} onMore={list.more} />
          </section>
        )}
      </Loaded>
    </Page>
  );
}
