// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { Table } from '../../src/ui/table';
import { draw } from '../helpers';

const columns = [
  { head: 'Tên', cell: ({ name }: { name: string }) => name },
  { head: 'Bài', cell: ({ n }: { name: string; n: number }) => n },
];

describe('a table', () => {
  it('names its rows and columns, also where it is laid out as blocks', () => {
    const root = draw(<Table caption="Khoá" columns={columns} rows={[{ name: 'Ngô', n: 3 }]} id={({ name }) => name} />);
    expect(root.querySelector('caption')?.textContent).toBe('Khoá');
    expect(root.querySelector('tbody [role=rowheader]')?.textContent).toBe('Ngô');
    expect(root.querySelector('tbody [role=cell]')?.getAttribute('data-head')).toBe('Bài');
    expect(root.querySelector('[role=region]')).toBeNull();
  });

  it('that is moved by the thumb can be moved by keys', () => {
    const root = draw(<Table caption="Khoá" columns={columns} rows={[{ name: 'Ngô', n: 3 }]} id={({ name }) => name} onPhone="move" />);
    const box = root.querySelector<HTMLElement>('[role=region]');
    expect(box?.tabIndex).toBe(0);
    expect(root.querySelector(`[id="${box?.getAttribute('aria-labelledby') ?? ''}"]`)?.textContent).toBe('Khoá');
  });

  it('without rows is what stands in its place', () => {
    expect(draw(<Table caption="Khoá" columns={columns} rows={[]} id={() => ''} empty="chưa có" />).textContent).toBe('chưa có');
  });
});
