// SPDX-License-Identifier: GPL-3.0-or-later
/* A list of choices that slides up over the page: one tap chooses and closes. The browser's own
 * modal dialog keeps the focus inside and gives it back. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../app/text';
import { Icon } from '../ui/icon';

export interface Choice<T> {
  value: T;
  title: string;
  hint?: string;
  side?: string;
}

export interface SheetProps<T> {
  title: string;
  choices: readonly Choice<T>[];
  chosen: T;
  onChoose: (value: T) => void;
  onClose: () => void;
}

export function Sheet<T extends string | number>(props: SheetProps<T>): JSX.Element {
  const { title, choices, chosen, onChoose, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('[aria-checked="true"]')?.focus();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-label={title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose(); /* beside the sheet */
      }}
    >
      <div class="sheet-body">
        <div class="sheet-head">
          <h2>{title}</h2>
          <button type="button" class="round-button" aria-label={t('watch.close')} onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        <div role="radiogroup" aria-label={title}>
          {choices.map((choice) => (
            <button
              key={choice.value}
              type="button"
              role="radio"
              class="choice"
              aria-checked={choice.value === chosen}
              onClick={() => {
                onChoose(choice.value);
                onClose();
              }}
            >
              <span class="choice-tick">{choice.value === chosen && <Icon name="check" />}</span>
              <span class="choice-text">
                <span>{choice.title}</span>
                {choice.hint && <span class="choice-hint">{choice.hint}</span>}
              </span>
              {choice.side && <span class="choice-side">{choice.side}</span>}
            </button>
          ))}
        </div>
      </div>
    </dialog>
  );
}
