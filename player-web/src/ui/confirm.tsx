// SPDX-License-Identifier: GPL-3.0-or-later
/* A button for what cannot be taken back: it asks once more, in a dialog, with the words of what will
 * happen on the button that does it. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useAction } from '../app/action';
import { t } from '../app/text';
import { Dialog } from './dialog';
import { Problem } from './notice';

export interface ConfirmProps {
  /** The question, and below it what follows from a yes. */
  ask: string;
  hint?: string;
  /** On the button that does it: a verb, never "OK". */
  yes: string;
  /** On the button that leaves all as it is. */
  no?: string;
  onYes: () => Promise<unknown>;
  onDone?: () => unknown;
  class?: string;
  /** On the button that asks. */
  children: ComponentChildren;
}

type QuestionProps = Omit<ConfirmProps, 'class' | 'children'> & { onClose: () => void };

function Question({ ask, hint, yes, no = t('app.keep'), onYes, onDone, onClose }: QuestionProps): JSX.Element {
  const action = useAction(onYes, () => {
    onClose();
    return onDone?.();
  });
  return (
    <Dialog title={ask} onClose={onClose} focus=".confirm-no">
      {hint && <p>{hint}</p>}
      <Problem error={action.problem} />
      <div class="confirm-foot">
        <button type="button" class="button confirm-no" onClick={onClose}>
          {no}
        </button>
        <button type="button" class="button button-danger" aria-disabled={action.isBusy} onClick={() => void action.run()}>
          {action.isBusy ? t('app.working') : yes}
        </button>
      </div>
    </Dialog>
  );
}

export function Confirm({ class: name = 'button button-small', children, ...question }: ConfirmProps): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <button type="button" class={name} aria-haspopup="dialog" onClick={() => setAsking(true)}>
        {children}
      </button>
      {isAsking && <Question {...question} onClose={() => setAsking(false)} />}
    </>
  );
}
