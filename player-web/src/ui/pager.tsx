// SPDX-License-Identifier: GPL-3.0-or-later
/* The end of a list that goes on. The button keeps the focus while it works; when there is nothing
 * left to add, the words that say so take it over. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../app/api';
import { t } from '../app/text';
import { errorText, Notice } from './notice';

export interface MoreProps {
  /** Whether there is more to show. */
  hasMore: boolean;
  onMore: () => Promise<void>;
}

export function More({ hasMore, onMore }: MoreProps): JSX.Element | null {
  const [isBusy, setBusy] = useState(false);
  const [wasUsed, setUsed] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const end = useRef<HTMLParagraphElement>(null);
  const isOver = wasUsed && !hasMore;
  useEffect(() => {
    if (isOver) end.current?.focus({ preventScroll: true });
  }, [isOver]);

  const add = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      await onMore();
      setUsed(true);
    } catch (error) {
      setProblem(error instanceof ApiError ? errorText(error) : t('error.broken'));
    }
    setBusy(false);
  };

  if (!hasMore && !wasUsed) return null;
  return (
    <div class="more">
      {problem && (
        <Notice tone="warn" icon="warn" role="alert">
          <p>{problem}</p>
        </Notice>
      )}
      {hasMore ? (
        <button type="button" class="button" aria-disabled={isBusy} aria-busy={isBusy} onClick={() => void add()}>
          {t(isBusy ? 'state.loading' : 'list.more')}
        </button>
      ) : (
        <p class="soft" ref={end} tabIndex={-1}>
          {t('list.end')}
        </p>
      )}
    </div>
  );
}
