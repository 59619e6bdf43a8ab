// SPDX-License-Identifier: GPL-3.0-or-later
/* The server's JSON interface. Every call ends in a value or in an ApiError: there is no third way,
 * and no call waits for ever. What is called is in the features' api.ts. */
import { loadProblemWords } from './problem';
import { language } from './text';
import type { Problem } from './types';

/* A 64 kbit/s link with 800 ms needs about 6 s for 40 KB; beyond half a minute it is not slow, it
 * is gone, and asking again is better than waiting. */
const TIMEOUT_MS = 30_000;

export type ErrorKind =
  | 'offline' /* no answer: no network, a timeout, a cut connection */
  | 'signed_out'
  | 'forbidden'
  | 'not_found'
  | 'busy' /* the server asks to come back later */
  | 'refused' /* the request is wrong; asking again will not help */
  | 'broken'; /* the server failed, or its answer cannot be read */

export class ApiError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly status: number,
    readonly problem: Partial<Problem> = {},
    readonly retryAfterS: number | null = null,
  ) {
    super(problem.detail ?? problem.title ?? `${kind} (${status})`);
  }
}

/** Whatever was thrown, as an ApiError: what is none is a fault of ours. */
export function apiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('broken', 0);
}

export function errorKind(status: number): ErrorKind {
  if (status === 401) return 'signed_out';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 408 || status === 425 || status === 429 || status === 503) return 'busy';
  return status >= 500 ? 'broken' : 'refused';
}

/** Retry-After in seconds; the form with a date is not used by our server. */
export function retryAfterS(header: string | null): number | null {
  if (header === null || !/^\d{1,6}$/.test(header.trim())) return null;
  return Number(header);
}

async function readProblem(response: Response): Promise<Partial<Problem>> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
  } catch {
    return {}; /* a proxy's page, or an answer cut short: the status says enough */
  }
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const kind = errorKind(response.status);
  const problem = await readProblem(response);
  if (kind === 'refused' || kind === 'forbidden') await loadProblemWords();
  throw new ApiError(kind, response.status, problem, retryAfterS(response.headers.get('Retry-After')));
}

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  /** Lets the request outlive the page (at most 64 KB of body). */
  keepalive?: boolean;
}

/** Sends one request; resolves with any 2xx answer. */
export async function call(path: string, { method = 'GET', body, keepalive = false }: Call = {}): Promise<Response> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  const init: RequestInit = {
    method,
    keepalive,
    signal: abort.signal,
    credentials: 'same-origin',
    headers: {
      'Accept-Language': language.peek(), /* the page's, which need not be the browser's */
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
  };
  if (body !== undefined) init.body = JSON.stringify(body);

  try {
    return await checked(await fetch(path, init));
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError('offline', 0);
  } finally {
    clearTimeout(timer);
  }
}

/** As call(), for the value in the answer. */
export async function json<T>(path: string, options?: Call): Promise<T> {
  const response = await call(path, options);
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiError('broken', response.status);
  }
}

/** A path of the interface: at`/lectures/${id}`. Ids are text, not paths. */
export function at(parts: TemplateStringsArray, ...ids: string[]): string {
  return `/api/v1${parts.map((part, i) => (i === 0 ? part : encodeURIComponent(ids[i - 1] ?? '') + part)).join('')}`;
}
