// SPDX-License-Identifier: GPL-3.0-or-later
import { act } from 'preact/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { later } from '../../src/app/later';
import { byText, click, draw, settle } from '../helpers';

const Hello = ({ name }: { name: string }) => <p>Chào {name}</p>;

describe('a part that comes later', () => {
  it('is drawn when it has come, and at once from then on', async () => {
    const fetch = vi.fn(async () => ({ default: Hello }));
    const Part = later(fetch);
    const root = draw(<Part name="Mai" />);
    expect(root.textContent).toBe('');
    await settle();
    expect(root.textContent).toBe('Chào Mai');
    expect(draw(<Part name="Páo" />).textContent).toBe('Chào Páo');
    expect(fetch).toHaveBeenCalledOnce();
  });

  it('was fetched again only by loading the whole page anew', async () => {
    let hasNetwork = false;
    const Part = later(async () => {
      if (!hasNetwork) throw new TypeError('Failed to fetch dynamically imported module');
      return { default: Hello };
    });
    const root = draw(<Part name="Mai" />);
    await settle();
    expect(root.querySelector('[role=alert]')?.textContent).toContain('Không có mạng');
    hasNetwork = true;
    await click(byText(root, 'button', 'Thử lại'));
    await settle();
    expect(root.textContent).toBe('Chào Mai');
  });

  it('comes by itself when the network is back, as it says', async () => {
    let hasNetwork = false;
    const Part = later<{ name: string }>(() => (hasNetwork ? Promise.resolve({ default: Hello }) : Promise.reject(new TypeError())));
    const root = draw(<Part name="Mai" />);
    await settle();
    expect(root.textContent).toContain('sẽ tự thử lại');
    hasNetwork = true;
    await act(() => window.dispatchEvent(new Event('online')) as never);
    await settle();
    expect(root.textContent).toBe('Chào Mai');
  });
});
