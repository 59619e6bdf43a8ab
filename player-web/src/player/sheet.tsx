// SPDX-License-Identifier: GPL-3.0-or-later
/* A list of choices that slides up over the page: one tap chooses and closes. */
import type { JSX } from 'preact';
import { Dialog } from '../ui/dialog';
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
  return (
    <Dialog title={title} onClose={onClose} focus="[aria-checked=true]">
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
    </Dialog>
  );
}
