// SPDX-License-Identifier: GPL-3.0-or-later
/* A way to get a playlist into a media element: hls.js where Media Source Extensions exist, the
 * browser's own HLS only where they do not (browsers with both play some streams black). */
import type { CaptionTrack } from './captions';
import type { DataMode } from './data_mode';

export type SourceProblem =
  | 'network' /* retried by the source until it works */
  | 'gone' /* the address no longer answers for us: ask the server for a new one */
  | 'broken' /* the media cannot be decoded */
  | 'unsupported';

export interface SourceEvents {
  onProblem: (problem: SourceProblem) => void;
  /** Something arrived after a problem. */
  onRecovered: () => void;
  /** What captions the address that was opened has. */
  onCaptions: (tracks: CaptionTrack[]) => void;
  /** What sounds it has, by their names as people see them; the first one plays unless another is asked for. */
  onSounds: (names: string[]) => void;
}

export interface Source {
  /** Whether it plays sound in Opus, which costs less than AAC. */
  readonly knowsOpus: boolean;
  /** Starts to load url, to play from position_s. */
  open(url: string, position_s: number): void;
  /** The learner wants to watch now, no longer only to look at the page. */
  play(): void;
  setMode(mode: DataMode): void;
  /** Plays the sound of that name, in whatever quality. */
  setSound(name: string): void;
  destroy(): void;
}
