// SPDX-License-Identifier: GPL-3.0-or-later
/* Words for what went wrong: the cause and the next step, never a bare code.
 *
 * The server names a problem (`type`, RFC 9457). The pages have sentences for the names in
 * problem.vi.ts and problem.en.ts, fetched with the first refusal. For a name they do not know there is
 * the server's own sentence, which comes in the language of the page. What is wrong with a field is
 * told beside it (forms/form.tsx). */
import { signal } from '@preact/signals';
import type { ApiError } from './api';
import { fill, language, t, type Catalogue, type Language } from './text';
import type { Problem } from './types';

const words = signal<{ problems: Catalogue; of: Language | null }>({ problems: {}, of: null });

/** Fetches the sentences in the language of the page. Without them the server's are shown. */
export async function loadProblemWords(): Promise<void> {
  const of = language.peek();
  if (words.peek().of === of) return;
  try {
    const { problems } = of === 'en' ? await import('./problem.en') : await import('./problem.vi');
    words.value = { problems, of };
  } catch {
    /* the network went away again */
  }
}

/** The stable name of a problem of our server; "" for what is none: a proxy's page, a cut answer. */
export function problemName(problem: Partial<Problem>): string {
  return /^\/problems\/([a-z0-9-]+)$/.exec(problem.type ?? '')?.[1] ?? '';
}

function known(name: string): string | null {
  const text = words.value.of === language.value ? words.value.problems[name] : undefined;
  return text === undefined ? null : fill(text, { origin: location.origin });
}

/** Words for a problem of our server: the pages' own, else the server's. null for what is no problem
 * of ours. */
export function problemText(problem: Partial<Problem>): string | null {
  const name = problemName(problem);
  if (name === '') return null;
  return known(name) ?? ([problem.title, problem.detail].filter(Boolean).join('. ') || null);
}

/** Words for any failed call. */
export function errorText(error: ApiError): string {
  const { kind, problem, status } = error;
  const own = known(problemName(problem));
  if (own) return own;
  if (kind === 'refused') return t('error.refused', { detail: problem.detail ?? problem.title ?? status });
  return t(`error.${kind}`);
}
