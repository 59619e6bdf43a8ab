// SPDX-License-Identifier: GPL-3.0-or-later
/* A part of the app that comes when it is first drawn, and is there at once from then on. */
import type { ComponentChildren, ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ErrorNotice, Loading } from '../ui/waiting';
import { ApiError } from './api';
import { textsReady } from './text';

export type Later<P> = ((props: P) => JSX.Element) & {
  /** Fetches it ahead; asking twice costs nothing. */
  load: () => Promise<unknown>;
};

/* A style sheet is asked for once by what vite writes around an import(); one that did not come would
 * never come. */
const lostStyles = new Set<HTMLLinkElement>();

addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') lostStyles.add(target);
  },
  true,
);

function fetchAgain(lost: HTMLLinkElement): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const link = lost.cloneNode() as HTMLLinkElement;
    link.onload = resolve;
    link.onerror = reject;
    lostStyles.delete(lost);
    lost.replaceWith(link);
  });
}

const bare = (children: ComponentChildren): JSX.Element => <>{children}</>;

/** The default export of a module, fetched with its words. `frame` is around what stands in its place
 * meanwhile. */
export function later<P extends object>(fetch: () => Promise<{ default: ComponentType<P> }>, frame = bare): Later<P> {
  let Loaded: ComponentType<P> | null = null;

  const load = async (): Promise<void> => {
    await Promise.all([...lostStyles].map(fetchAgain));
    const { default: found } = await fetch();
    await textsReady();
    Loaded = found;
  };

  function Waiting({ onLoaded }: { onLoaded: () => void }): JSX.Element {
    const [nTries, setTries] = useState(1);
    const [hasFailed, setFailed] = useState(false);
    useEffect(() => {
      let isEnded = false;
      load().then(
        () => !isEnded && onLoaded(),
        () => !isEnded && setFailed(true),
      );
      return () => {
        isEnded = true;
      };
    }, [nTries]);
    const retry = (): void => {
      setFailed(false);
      setTries(nTries + 1);
    };
    return frame(hasFailed ? <ErrorNotice error={new ApiError('offline', 0)} onRetry={retry} /> : <Loading />);
  }

  function Part(props: P): JSX.Element {
    const [, redraw] = useState(0);
    return Loaded ? <Loaded {...props} /> : <Waiting onLoaded={() => redraw(1)} />;
  }
  return Object.assign(Part, { load });
}
