// SPDX-License-Identifier: GPL-3.0-or-later
/* The one sender of this page, for whoever is signed in. Started on every page of the learner app,
 * so that beats of an earlier visit go out even when nobody opens a lecture. */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { user } from '../app/session';
import { MAX_WAITING, type Beat } from './beat';
import { BeatSender } from './beat_sender';
import { openBeatStore, type BeatStore } from './beat_store';

const store: Promise<BeatStore> = openBeatStore();
const current = signal<BeatSender | null>(null);

/** null while nobody is signed in. */
export const sender: ReadonlySignal<BeatSender | null> = current;

async function startFor(userId: string): Promise<BeatSender> {
  const started = new BeatSender({ user: userId, store: await store });
  await started.start();
  return started;
}

/** Follows the person who is signed in. Returns how to stop. */
export function startProgressService(): () => void {
  return effect(() => {
    const id = user.value?.id;
    if (!id) return undefined;
    let isEnded = false;
    void startFor(id).then((started) => {
      if (isEnded) started.destroy();
      else current.value = started;
    });
    return () => {
      isEnded = true;
      current.peek()?.destroy();
      current.value = null;
    };
  });
}

/** What the server has not been told about one lecture. */
export async function unsentBeats(userId: string, lecture: string): Promise<Beat[]> {
  const waiting = await (await store).first(userId, MAX_WAITING);
  return waiting.filter((beat) => beat.lecture === lecture);
}

/** Resolves with the sender once it has taken over what earlier pages left behind. */
export function whenSending(userId: string): Promise<BeatSender> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      const found = current.value;
      if (!found || user.peek()?.id !== userId) return;
      resolve(found);
      queueMicrotask(() => stop());
    });
  });
}
