// SPDX-License-Identifier: GPL-3.0-or-later
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { t } from '../../app/text';
import { Icon } from '../../ui/icon';
import { Loading } from '../../ui/loaded';
import { errorText, Notice } from '../../ui/notice';
import { Page } from '../../app/page';
import { AlarmList } from './alarm_list';
import { LoadFeed, POLL_MS } from './load_feed';
import { labelText, valueText, type Figure, type LoadView, type Table } from './load_view';
import { QuarantinePanel } from '../quarantine/quarantine_panel';
import { Spark } from './spark';

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
    <div class="table-box card" role="region" aria-label={t('admin.table')} tabIndex={0}>
      <table>
        <caption>{t('admin.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('admin.figure')}</th>
            <th scope="col">{t('admin.value')}</th>
          </tr>
        </thead>
        <tbody>
          {figures.map(({ path, key, value }) => (
            <tr key={path}>
              <th scope="row">
                {labelText(key)} <code>{path}</code>
              </th>
              <td>{valueText(key, value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ListTable({ table }: { table: Table }): JSX.Element {
  return (
    <div class="table-box card" role="region" aria-label={labelText(table.key)} tabIndex={0}>
      <table>
        <caption>{labelText(table.key)}</caption>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {labelText(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {table.columns.map((column) => (
                <td key={column}>{valueText(column, row[column] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
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
      {view.tables
        .filter((table) => table.rows.length > 0)
        .map((table) => (
          <ListTable key={table.path} table={table} />
        ))}
      <FigureTable figures={view.figures} />
    </>
  );
}

export function LoadPage(): JSX.Element {
  const feed = useMemo(() => new LoadFeed(), []);
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);

  const view = feed.view.value;
  const error = feed.error.value;
  const isPaused = feed.state.value === 'paused';
  return (
    <Page title={t('admin.title')} isWide>
      <div class="studio-head">
        <h1>{t('admin.title')}</h1>
        <div class="admin-state">
          <Freshness feed={feed} />
          <button type="button" class="button button-small" onClick={() => (isPaused ? feed.start() : feed.pause())}>
            <Icon name={isPaused ? 'play' : 'pause'} />
            {t(isPaused ? 'admin.resume' : 'admin.pause')}
          </button>
        </div>
      </div>
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
