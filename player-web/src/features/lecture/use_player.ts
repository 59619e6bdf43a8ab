// SPDX-License-Identifier: GPL-3.0-or-later
/* Brings a player to life on a <video>: finds out where to go on, loads the engine, follows the
 * progress; and takes it all down again with the page. */
import { useEffect, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import { ApiError } from '../../app/api';
import { cameByTap } from '../../app/router';
import { generation, user } from '../../app/session';
import type { Lecture, Playback, Progress } from '../../app/types';
import { PlayerEngine } from '../../player/engine';
import { showInMediaSession } from '../../player/media_session';
import type { Beat } from '../../progress/beat';
import { resumePosition, seenFrom, seenMore, startPosition, type Seen } from '../../progress/resume';
import { unsentBeats, whenSending } from '../../progress/service';
import { ProgressTracker } from '../../progress/tracker';
import { lectureAt, progressOf } from '../catalogue/api';
import { glimpse, rememberGlimpse } from '../catalogue/seen_memory';

export interface PlayerView {
  engine: PlayerEngine;
  /** Where the learner left off, 0 for the beginning. */
  start_s: number;
}

interface Known {
  progress: Progress | null;
  /** The server has answered: a position it holds will not be overwritten blindly. */
  isCertain: boolean;
  unsent: Beat[];
}

async function learn(userId: string | null, lecture: string): Promise<Known> {
  if (!userId) return { progress: null, isCertain: false, unsent: [] };
  await whenSending(userId); /* an earlier page's last beat is in the store from then on */
  const unsent = await unsentBeats(userId, lecture);
  try {
    return { progress: await progressOf(lecture), isCertain: true, unsent };
  } catch (error) {
    const isNone = error instanceof ApiError && error.kind === 'not_found';
    return { progress: null, isCertain: isNone || unsent.length > 0, unsent };
  }
}

/** Everything that lives as long as one opened lecture. */
class OpenedLecture {
  private readonly ends: (() => void)[] = [];
  private isEnded = false;
  private seen: Seen | null = null;

  constructor(
    private readonly lecture: Lecture,
    private readonly onSeen: (seen: Seen) => void,
  ) {}

  async start(media: HTMLVideoElement, playback: Playback): Promise<PlayerView | null> {
    const { lecture } = this;
    const userId = user.peek()?.id ?? null;
    const [{ makeSource }, known] = await Promise.all([import('../../player/make_source'), learn(userId, lecture.id)]);
    if (this.isEnded) return null;

    const start_s = startPosition(resumePosition(known.progress, known.unsent, glimpse(lecture.id)), lecture.duration_s);
    const engine = new PlayerEngine({ media, makeSource, renew: async () => (await lectureAt(lecture.id)).playback });
    this.ends.push(() => engine.destroy());
    engine.open(playback, start_s);
    this.ends.push(
      showInMediaSession(engine, {
        title: lecture.title,
        course: lecture.course?.title ?? '',
        poster: playback.poster,
      }),
    );
    if (userId) await this.follow(media, userId, known, start_s);
    if (cameByTap.peek()) engine.play();
    return { engine, start_s };
  }

  private async follow(media: HTMLVideoElement, userId: string, known: Known, start_s: number): Promise<void> {
    const { lecture } = this;
    if (lecture.duration_s) this.show(seenFrom(known.progress, known.unsent, lecture.duration_s));
    const sender = await whenSending(userId);
    if (this.isEnded) return;
    const tracker = new ProgressTracker({ media, sender, user: userId, lecture: lecture.id, onBeat: this.onBeat });
    this.ends.unshift(() => tracker.destroy()); /* before the engine takes the position away */
    if (known.isCertain) tracker.opened(start_s);
  }

  private readonly onBeat = (beat: Beat): void => {
    if (!this.seen) return;
    this.show(seenMore(this.seen, beat.watched));
    rememberGlimpse(this.lecture.id, {
      position_s: beat.position_s,
      coverage: this.seen.coverage_permille / 1000,
      completed: this.seen.completed,
      at_ms: beat.made_at_ms,
    });
  };

  private show(seen: Seen): void {
    this.seen = seen;
    this.onSeen(seen);
  }

  destroy(): void {
    this.isEnded = true;
    for (const end of this.ends) end();
  }
}

/** The player of a lecture, null while it is being made ready. Call it with a lecture that can be
 * played; a change of its state does not interrupt watching. */
export function usePlayer(
  video: RefObject<HTMLVideoElement | null>,
  lecture: Lecture,
  playback: Playback,
): { view: PlayerView | null; seen: Seen | null; hasFailed: boolean; retry: () => void } {
  const [view, setView] = useState<PlayerView | null>(null);
  const [seen, setSeen] = useState<Seen | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [nTries, setTries] = useState(1);
  const isKnown = user.value !== undefined; /* whose progress it will be */

  useEffect(() => {
    if (!video.current || !isKnown) return undefined;
    const opened = new OpenedLecture(lecture, setSeen);
    opened.start(video.current, playback).then(setView, () => setFailed(true));
    return () => {
      opened.destroy();
      setView(null);
      setSeen(null);
    };
  }, [lecture.id, isKnown, generation.value, nTries]);

  const retry = (): void => {
    setFailed(false);
    setTries(nTries + 1);
  };
  return { view, seen, hasFailed, retry };
}
