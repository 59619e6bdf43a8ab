// SPDX-License-Identifier: GPL-3.0-or-later
/* Something that has to be answered before the page goes on. The browser's own modal dialog keeps the
 * focus inside; it goes back to where it was. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../app/text';
import './dialog.css';
import { Icon } from './icon';

export interface DialogProps {
  title: string;
  onClose: () => void;
  /** Which element has the focus at first: a selector inside; else the close button. */
  focus?: string;
  children: ComponentChildren;
}

export function Dialog({ title, onClose, focus, children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement as HTMLElement | null;
    if (element?.showModal) element.showModal();
    else element?.setAttribute('open', ''); /* browsers of before 2022 */
    element?.querySelector<HTMLElement>(focus ?? '.round-button')?.focus();
    return () => {
      element?.close?.();
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose(); /* beside the sheet */
      }}
    >
      <div class="sheet-body">
        <div class="sheet-head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="round-button" aria-label={t('app.close')} onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
