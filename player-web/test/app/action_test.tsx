// SPDX-License-Identifier: GPL-3.0-or-later
import { render, type JSX } from 'preact';
import { describe, expect, it, vi } from 'vitest';
import { useAction } from '../../src/app/action';
import { ApiError } from '../../src/app/api';
import { Problem } from '../../src/ui/notice';
import { click, draw, settle } from '../helpers';

function Button({ work, onDone }: { work: () => Promise<unknown>; onDone?: () => void }): JSX.Element {
  const action = useAction(work, onDone);
  return (
    <>
      <button type="button" aria-busy={action.isBusy} onClick={() => void action.run()}>
        {action.isDone ? 'xong' : 'làm'}
      </button>
      <Problem error={action.problem} />
    </>
  );
}

const buttonOf = (root: HTMLElement): HTMLElement => root.querySelector('button') as HTMLElement;

describe('an action', () => {
  it('runs once at a time, and is done', async () => {
    let answer: () => void = () => undefined;
    const work = vi.fn(() => new Promise<void>((resolve) => { answer = resolve; }));
    const onDone = vi.fn();
    const root = draw(<Button work={work} onDone={onDone} />);
    await click(buttonOf(root));
    await click(buttonOf(root));
    expect(work).toHaveBeenCalledOnce();
    expect(buttonOf(root).getAttribute('aria-busy')).toBe('true');
    answer();
    await settle();
    expect(buttonOf(root).textContent).toBe('xong');
    expect(onDone).toHaveBeenCalledOnce();
  });

  it('tells what failed, and can be tried again', async () => {
    const work = vi.fn().mockRejectedValueOnce(new ApiError('offline', 0)).mockRejectedValueOnce(new TypeError('ours')).mockResolvedValue(1);
    const root = draw(<Button work={work} />);
    await click(buttonOf(root));
    await settle();
    expect(root.querySelector('[role=alert]')?.textContent).toContain('Không có mạng');
    expect(root.textContent).not.toContain('tự thử lại'); /* nobody does */
    await click(buttonOf(root));
    await settle();
    expect(root.querySelector('[role=alert]')?.textContent).toContain('Máy chủ gặp lỗi');
    await click(buttonOf(root));
    await settle();
    expect(root.querySelector('[role=alert]')).toBeNull();
    expect(buttonOf(root).textContent).toBe('xong');
  });

  it('that ends after its page is gone changes nothing', async () => {
    let answer: () => void = () => undefined;
    const onDone = vi.fn();
    const root = draw(<Button work={() => new Promise<void>((resolve) => { answer = resolve; })} onDone={onDone} />);
    await click(buttonOf(root));
    render(null, root);
    answer();
    await settle();
    expect(root.textContent).toBe('');
    expect(onDone).toHaveBeenCalledOnce();
  });
});
