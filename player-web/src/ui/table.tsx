// SPDX-License-Identifier: GPL-3.0-or-later
/* Rows and columns. On a narrow screen each row stands by itself, its cells below one another with
 * their column's name, or - where the columns are the point - the table is moved by the thumb. */
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import './table.css';

export interface Column<R> {
  /** Of the column; "" for one of buttons. */
  head: string;
  cell: (row: R) => ComponentChildren;
}

export interface TableProps<R> {
  caption: string;
  /** The first column names the row. */
  columns: readonly Column<R>[];
  rows: readonly R[];
  id: (row: R, i: number) => string;
  onPhone?: 'stack' | 'move';
  /** In place of a table without rows. */
  empty?: ComponentChildren;
}

/* Roles are said again: a row that is laid out as a block is no row any more for some browsers. */
function Row<R>({ row, columns }: { row: R; columns: readonly Column<R>[] }): JSX.Element {
  return (
    <tr role="row">
      {columns.map(({ head, cell }, i) =>
        i === 0 ? (
          <th key={i} scope="row" role="rowheader">
            {cell(row)}
          </th>
        ) : (
          <td key={i} role="cell" data-head={head}>
            {cell(row)}
          </td>
        ),
      )}
    </tr>
  );
}

export function Table<R>({ caption, columns, rows, id, onPhone = 'stack', empty = null }: TableProps<R>): JSX.Element {
  const captionId = useId();
  if (rows.length === 0) return <>{empty}</>;
  const isMoved = onPhone === 'move';
  const place = isMoved ? { role: 'region' as const, tabIndex: 0, 'aria-labelledby': captionId } : {};
  return (
    <div class="table-box card" {...place}>
      <table role="table" class={`table table-${onPhone}`}>
        <caption id={captionId}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ head }, i) => (
              <th key={i} scope="col" role="columnheader">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row, i) => (
            <Row key={id(row, i)} row={row} columns={columns} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
