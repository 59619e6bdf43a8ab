// SPDX-License-Identifier: GPL-3.0-or-later
/* The server's JSON interface. Every call ends in a value or in an ApiError: there is no third way,
 * and no call waits for ever. */
import { language } from './text';
import type { Course, CourseList, Lecture, LectureList, Page, Problem, Progress, QuarantineList, SlideList, User } from './types';

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

/** The stable name of a problem of our server; "" for what is none: a proxy's page, a cut answer. */
export function problemName(problem: Problem): string {
  return /^\/problems\/([a-z0-9-]+)$/.exec(problem.type ?? '')?.[1] ?? '';
}

export class ApiError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly status: number,
    readonly problem: Problem = {},
    readonly retryAfterS: number | null = null,
  ) {
    super(problem.detail ?? problem.title ?? `${kind} (${status})`);
  }
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

async function readProblem(response: Response): Promise<Problem> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? (body as Problem) : {};
  } catch {
    return {}; /* a proxy's page, or an answer cut short: the status says enough */
  }
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new ApiError(
    errorKind(response.status),
    response.status,
    await readProblem(response),
    retryAfterS(response.headers.get('Retry-After')),
  );
}

export interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
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

async function json<T>(path: string, options?: Call): Promise<T> {
  const response = await call(path, options);
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiError('broken', response.status);
  }
}

const ROOT = '/api/v1';
/** The part of a list that begins behind the cursor. An answer that is no list is no empty one. */
async function part<T extends Page>(path: string, rows: keyof T, after?: string | null): Promise<T> {
  const list = await json<T>(after ? `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}` : path);
  if (!Array.isArray(list?.[rows])) throw new ApiError('broken', 200);
  return { ...list, next: typeof list.next === 'string' ? list.next : null };
}

const lecturePath = (id: string): string => `${ROOT}/lectures/${encodeURIComponent(id)}`;

export const PROGRESS_PATH = `${ROOT}/progress`;
export const UPLOADS_PATH = `${ROOT}/uploads`;
export const LOAD_PATH = `${ROOT}/admin/load`;
export const LOAD_EVENTS_PATH = `${ROOT}/admin/load/events`;

export const api = {
  me: (): Promise<User> => json(`${ROOT}/me`),
  login: (login: string, password: string): Promise<{ user: User }> =>
    json(`${ROOT}/session`, { method: 'POST', body: { login, password } }),
  logout: (): Promise<Response> => call(`${ROOT}/session`, { method: 'DELETE' }),
  courses: (after?: string | null): Promise<CourseList> => part(`${ROOT}/courses`, 'courses', after),
  course: (id: string, after?: string | null): Promise<Course> =>
    part(`${ROOT}/courses/${encodeURIComponent(id)}`, 'lectures', after),
  lectures: (after?: string | null): Promise<LectureList> => part(`${ROOT}/lectures`, 'lectures', after),
  myLectures: (after?: string | null): Promise<LectureList> => part(`${ROOT}/lectures?mine=1`, 'lectures', after),
  lecture: (id: string): Promise<Lecture> => json(lecturePath(id)),
  slides: (url: string): Promise<SlideList> => json(url),
  progress: (id: string): Promise<Progress> => json(`${lecturePath(id)}/progress`),
  renameLecture: (id: string, title: string): Promise<Response> =>
    call(lecturePath(id), { method: 'PATCH', body: { title } }),
  deleteLecture: (id: string): Promise<Response> => call(lecturePath(id), { method: 'DELETE' }),
  retryLecture: (id: string): Promise<Response> => call(`${lecturePath(id)}/retry`, { method: 'POST', body: {} }),
  quarantine: (after?: string | null): Promise<QuarantineList> => part(`${ROOT}/admin/quarantine`, 'quarantine', after),
  load: (): Promise<unknown> => json(LOAD_PATH),
};
