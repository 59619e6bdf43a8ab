// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Page } from '../../app/page';
import { errorText } from '../../app/problem';
import { Icon } from '../../ui/icon';
import { Notice } from '../../ui/notice';
import { Table } from '../../ui/table';
import { Loading } from '../../ui/waiting';
import { QuarantinePanel } from '../quarantine/quarantine_panel';
import { AlarmList } from './alarm_list';
import './load.css';
import { LoadFeed, POLL_MS } from './load_feed';
import { labelText, valueText, type Figure, type LoadView, type Table as TableOfLoad } from './load_view';
import { Spark } from './spark';
import { t } from './text';

/* Older than this the figures are called old, whatever the connection says. */
const FRESH_S = 12;

const MAX_TILES = 12;

function useAge(at_ms: number): number {
  const [now_ms, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.round((now_ms - at_ms) / 1000));
}

function Freshness({ feed }: { feed: LoadFeed }): JSX.Element {
  const age_s = useAge(feed.at_ms.value);
  const state = feed.state.value;
  if (feed.at_ms.value > 0 && age_s > FRESH_S) {
    return <span class="fresh fresh-old">{t('admin.stale', { s: age_s })}</span>;
  }
  if (state === 'paused') return <span class="fresh">{t('admin.paused')}</span>;
  if (state === 'live') return <span class="fresh fresh-live">{t('admin.live')}</span>;
  return <span class="fresh">{t('admin.polling', { s: POLL_MS / 1000 })}</span>;
}

function Tile({ figure, feed }: { figure: Figure; feed: LoadFeed }): JSX.Element {
  const name = labelText(figure.key);
  return (
    <div class="tile card">
      <dt class="tile-name">{name}</dt>
      <dd>
        <span class="tile-value">{valueText(figure.key, figure.value)}</span>
        <Spark points={feed.history.get(figure.path) ?? []} name={name} />
      </dd>
    </div>
  );
}

function FigureTable({ figures }: { figures: readonly Figure[] }): JSX.Element {
  return (
    <Table
      caption={t('admin.table')}
      rows={figures}
      id={({ path }) => path}
      onPhone="move"
      columns={[
        {
          head: t('admin.figure'),
          cell: ({ key, path }) => (
            <>
              {labelText(key)} <code>{path}</code>
            </>
          ),
        },
        { head: t('admin.value'), cell: ({ key, value }) => valueText(key, value) },
      ]}
    />
  );
}

function ListTable({ table }: { table: TableOfLoad }): JSX.Element {
  return (
    <Table<TableOfLoad['rows'][number]>
      caption={labelText(table.key)}
      rows={table.rows}
      id={(_, i) => String(i)}
      onPhone="move"
      columns={table.columns.map((column) => ({
        head: labelText(column),
        cell: (row) => valueText(column, row[column] ?? null),
      }))}
    />
  );
}

function Figures({ view, feed }: { view: LoadView; feed: LoadFeed }): JSX.Element {
  const numbers = view.figures.filter((figure) => typeof figure.value === 'number');
  if (view.figures.length === 0 && view.tables.length === 0) {
    return (
      <Notice icon="clock">
        <p>{t('admin.nothing')}</p>
      </Notice>
    );
  }
  return (
    <>
      <dl class="tiles">
        {numbers.slice(0, MAX_TILES).map((figure) => (
          <Tile key={figure.path} figure={figure} feed={feed} />
        ))}
      </dl>
      {view.tables.map((table) => (
        <ListTable key={table.path} table={table} />
      ))}
      <FigureTable figures={view.figures} />
    </>
  );
}

export default function LoadPage(): JSX.Element {
  const feed = useMemo(() => new LoadFeed(), []);
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);

  const view = feed.view.value;
  const error = feed.error.value;
  const isPaused = feed.state.value === 'paused';
  return (
    <Page
      title={t('admin.title')}
      isWide
      actions={
        <div class="admin-state">
          <Freshness feed={feed} />
          <button type="button" class="button button-small" onClick={() => (isPaused ? feed.start() : feed.pause())}>
            <Icon name={isPaused ? 'play' : 'pause'} />
            {t(isPaused ? 'admin.resume' : 'admin.pause')}
          </button>
        </div>
      }
    >
      {error && (
        <Notice tone="warn" icon="warn" role="status">
          <p>{errorText(error)}</p>
        </Notice>
      )}
      {view && <AlarmList view={view} />}
      <QuarantinePanel />
      {view ? <Figures view={view} feed={feed} /> : !error && <Loading />}
    </Page>
  );
}
