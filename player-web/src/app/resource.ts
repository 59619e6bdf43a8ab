// SPDX-License-Identifier: GPL-3.0-or-later
/* Something fetched from the server, as a page shows it: the last known value at once, then the
 * fresh one. A failed refresh never takes away what is already on the screen. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { signal, type ReadonlySignal } from '@preact/signals';
import { ApiError } from './api';
import { generation, sessionLost, user } from './session';
import { recall, remember } from './storage';

export interface Resource<T> {
  value: T | null;
  /** The value is from an earlier visit or the last refresh failed. */
  isStale: boolean;
  error: ApiError | null;
}

export interface ResourceHandle<T> {
  state: ReadonlySignal<Resource<T>>;
  refresh: () => Promise<void>;
  /** Replaces the value by what `grow` makes of it. Throws what `grow` throws: the value stays. */
  extend: (grow: (value: T) => Promise<T>) => Promise<void>;
}

export interface ResourceOptions<T> {
  /** Keep the value on the phone under this name, for the next visit. */
  cacheAs?: string;
  /** Milliseconds until the next refresh of this value, or null for never. */
  refreshMs?: (value: T) => number | null;
}

function cacheKey(name: string): string {
  return `cache.${user.peek()?.id ?? 'guest'}.${name}`;
}

class Loader<T> {
  readonly state;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isEnded = false;
  private isDue = false;
  private nExtended = 0; /* an answer that was asked for before the value grew is older than it */

  constructor(
    private readonly load: () => Promise<T>,
    private readonly options: ResourceOptions<T>,
  ) {
    const { cacheAs } = options;
    const cached = cacheAs ? recall<T>(cacheKey(cacheAs)) : null;
    this.state = signal<Resource<T>>({ value: cached, isStale: cached !== null, error: null });
  }

  readonly extend = async (grow: (value: T) => Promise<T>): Promise<void> => {
    const { value } = this.state.peek();
    if (value === null) return;
    const grown = await grow(value);
    if (this.isEnded) return;
    this.nExtended++;
    this.keep(grown);
  };

  private keep(value: T): void {
    this.state.value = { value, isStale: false, error: null };
    if (this.options.cacheAs) remember(cacheKey(this.options.cacheAs), value);
  }

  readonly refresh = async (): Promise<void> => {
    const { nExtended } = this;
    clearTimeout(this.timer);
    try {
      const value = await this.load();
      if (this.isEnded) return;
      if (nExtended === this.nExtended) this.keep(value);
    } catch (error) {
      if (this.isEnded) return;
      this.fail(error instanceof ApiError ? error : new ApiError('broken', 0));
    }
    this.scheduleNext();
  };

  private fail(error: ApiError): void {
    if (error.kind === 'signed_out') sessionLost();
    const { value } = this.state.peek();
    this.state.value = { value, isStale: value !== null, error };
  }

  private scheduleNext(): void {
    const { value } = this.state.peek();
    if (value === null || !this.options.refreshMs) return;
    const delayMs = this.options.refreshMs(value);
    if (delayMs !== null) this.timer = setTimeout(this.onDue, delayMs);
  }

  /* A page nobody looks at spends no data: the refresh waits until it is shown. */
  private readonly onDue = (): void => {
    this.isDue = document.hidden;
    if (!this.isDue) void this.refresh();
  };

  private readonly onVisible = (): void => {
    if (!document.hidden && this.isDue) this.onDue();
  };

  private readonly onOnline = (): void => {
    if (this.state.peek().error) void this.refresh();
  };

  start(): void {
    window.addEventListener('online', this.onOnline);
    document.addEventListener('visibilitychange', this.onVisible);
    void this.refresh();
  }

  destroy(): void {
    this.isEnded = true;
    clearTimeout(this.timer);
    window.removeEventListener('online', this.onOnline);
    document.removeEventListener('visibilitychange', this.onVisible);
  }
}

/** Loads when the component appears, when a dependency changes and when another person signs in;
 * retries by itself when the network returns. */
export function useResource<T>(
  load: () => Promise<T>,
  dependencies: readonly unknown[],
  options: ResourceOptions<T> = {},
): ResourceHandle<T> {
  const latest = useRef({ load, options });
  latest.current = { load, options };
  const loader = useMemo(
    () => new Loader(() => latest.current.load(), latest.current.options),
    [generation.value, ...dependencies],
  );

  useEffect(() => {
    loader.start();
    return () => loader.destroy();
  }, [loader]);

  return loader;
}
