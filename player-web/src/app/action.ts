// SPDX-License-Identifier: GPL-3.0-or-later
/* Something a person asks for that changes something: sent once however often it is tapped, told when
 * it failed and when it is done. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { apiError, type ApiError } from './api';

export interface Action<A extends unknown[]> {
  /** Resolves with whether it was done; never throws. A second call while busy does nothing. */
  run: (...args: A) => Promise<boolean>;
  isBusy: boolean;
  isDone: boolean;
  problem: ApiError | null;
}

type State = Omit<Action<[]>, 'run'>;

const RESTING: State = { isBusy: false, isDone: false, problem: null };

export function useAction<A extends unknown[]>(work: (...args: A) => Promise<unknown>, onDone?: () => unknown): Action<A> {
  const [state, setState] = useState(RESTING);
  const live = useRef({ isBusy: false, isGone: false });
  useEffect(() => {
    live.current.isGone = false;
    return () => {
      live.current.isGone = true;
    };
  }, []);

  const end = (next: State): void => {
    live.current.isBusy = false;
    if (!live.current.isGone) setState(next);
  };
  const run = async (...args: A): Promise<boolean> => {
    if (live.current.isBusy) return false;
    live.current.isBusy = true;
    setState({ ...RESTING, isBusy: true });
    try {
      await work(...args);
    } catch (error) {
      end({ ...RESTING, problem: apiError(error) });
      return false;
    }
    end({ ...RESTING, isDone: true });
    await onDone?.();
    return true;
  };
  return { ...state, run };
}
