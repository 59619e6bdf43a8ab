// SPDX-License-Identifier: GPL-3.0-or-later
/* The end of a list that goes on. The button keeps the focus while it works; when there is nothing
 * left to add, the words that say so take it over. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useAction } from '../app/action';
import { t } from '../app/text';
import { Problem } from './notice';

export interface PagerProps {
  /** Whether there is more to show: a list's `next`. */
  next: string | boolean | null | undefined;
  onMore: () => Promise<void>;
}

export function Pager({ next, onMore }: PagerProps): JSX.Element | null {
  const [wasUsed, setUsed] = useState(false);
  const action = useAction(onMore, () => setUsed(true));
  const end = useRef<HTMLParagraphElement>(null);
  const isOver = wasUsed && !next;
  useEffect(() => {
    if (isOver) end.current?.focus({ preventScroll: true });
  }, [isOver]);

  if (!next && !wasUsed) return null;
  return (
    <div class="more">
      <Problem error={action.problem} />
      {next ? (
        <button type="button" class="button" aria-disabled={action.isBusy} aria-busy={action.isBusy} onClick={() => void action.run()}>
          {t(action.isBusy ? 'state.loading' : 'list.more')}
        </button>
      ) : (
        <p class="soft" ref={end} tabIndex={-1}>
          {t('list.end')}
        </p>
      )}
    </div>
  );
}
