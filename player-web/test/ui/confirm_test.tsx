// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/app/api';
import { Confirm, type ConfirmProps } from '../../src/ui/confirm';
import { byText, click, draw, settle } from '../helpers';

const drawConfirm = (props: Partial<ConfirmProps>): HTMLElement =>
  draw(
    <Confirm ask="Xoá hẳn?" yes="Xoá hẳn" onYes={async () => undefined} {...props}>
      Xoá
    </Confirm>,
  );

describe('a question before what cannot be taken back', () => {
  it('begins at the answer that changes nothing, and gives the focus back', async () => {
    const onYes = vi.fn(async () => undefined);
    const root = drawConfirm({ onYes });
    const button = byText(root, 'button', 'Xoá');
    button.focus();
    await click(button);
    expect(root.querySelector('dialog')?.open).toBe(true);
    expect(document.activeElement?.textContent).toBe('Giữ nguyên');
    await click(document.activeElement as HTMLElement);
    expect(root.querySelector('dialog')).toBeNull();
    expect(document.activeElement).toBe(button);
    expect(onYes).not.toHaveBeenCalled();
  });

  it('stays with the reason when it fails, and goes when it is done', async () => {
    const onYes = vi.fn().mockRejectedValueOnce(new ApiError('offline', 0)).mockResolvedValue(1);
    const onDone = vi.fn();
    const root = drawConfirm({ onYes, onDone });
    await click(byText(root, 'button', 'Xoá'));
    await click(byText(root, 'button', 'Xoá hẳn'));
    await settle();
    expect(root.querySelector('dialog [role=alert]')?.textContent).toContain('Không có mạng');
    expect(onDone).not.toHaveBeenCalled();
    await click(byText(root, 'button', 'Xoá hẳn'));
    await settle();
    expect(root.querySelector('dialog')).toBeNull();
    expect(onDone).toHaveBeenCalledOnce();
  });
});
