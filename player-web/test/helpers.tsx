// SPDX-License-Identifier: GPL-3.0-or-later
import { render, type VNode } from 'preact';
import { act } from 'preact/test-utils';
import { vi } from 'vitest';
import type { Lecture } from '../src/app/types';

/** Draws a component into the page; effects have run when it returns. */
export function draw(node: VNode): HTMLElement {
  const root = document.createElement('div');
  document.body.append(root);
  void act(() => render(node, root));
  return root;
}

/** Lets promises, effects, redraws and what is fetched with them settle. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await act(async () => {
      for (let i = 0; i < 4; i++) await new Promise((resolve) => setTimeout(resolve, 0));
      await vi.dynamicImportSettled();
    });
  }
}

export function byText(root: ParentNode, selector: string, text: string): HTMLElement {
  const found = [...root.querySelectorAll<HTMLElement>(selector)].find((one) => one.textContent?.includes(text));
  if (!found) throw new Error(`no ${selector} with "${text}" in: ${root.textContent ?? ''}`);
  return found;
}

export async function click(element: HTMLElement): Promise<void> {
  await act(async () => {
    element.click();
    await Promise.resolve();
  });
}

export async function type(input: HTMLInputElement | HTMLTextAreaElement, value: string): Promise<void> {
  await act(async () => {
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await Promise.resolve();
  });
}

export interface FakeAnswer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Replaces fetch: answers by "METHOD /path"; anything else fails like a dead network. */
export function fakeServer(answers: Record<string, FakeAnswer | (() => FakeAnswer)>) {
  return vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const answer = answers[`${init?.method ?? 'GET'} ${String(input)}`];
    if (!answer) throw new TypeError('Failed to fetch');
    const { status = 200, body, headers = {} } = typeof answer === 'function' ? answer() : answer;
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
  });
}

export function lectureWith(changes: Partial<Lecture> = {}): Lecture {
  return {
    id: 'l1',
    title: 'Bài một',
    course: null,
    state: 'ready',
    duration_s: 600,
    created_at: '2026-11-20T03:00:00Z',
    playback: { hls: '/v/t/multivariant.m3u8', audio: '/v/t/audio.m3u8', poster: null },
    job: null,
    progress: null,
    ...changes,
  };
}
