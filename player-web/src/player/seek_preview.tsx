// SPDX-License-Identifier: GPL-3.0-or-later
/* What is shown where the thumb is, over the seek bar, while it is dragged. The cues are fetched with
 * the first drag, and a sheet when the thumb rests on it: a finger that sweeps over an hour does not
 * fetch the hour. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { fetchCues, lastStarted, type Cue } from './storyboard';
import { TilePicture } from './tile_picture';

const REST_MS = 150;

export interface SeekPreviewProps {
  url: string;
  at_s: number;
  /** Where on the bar, as a share in percent. */
  share: string;
  isDragged: boolean;
}

export function SeekPreview({ url, at_s, share, isDragged }: SeekPreviewProps): JSX.Element | null {
  const [cues, setCues] = useState<Cue[] | null>(null);
  const [sheets, setSheets] = useState<ReadonlySet<string>>(new Set());
  const tile = isDragged && cues ? lastStarted(cues, at_s)?.tile : null;
  const sheet = tile?.sheet ?? null;

  useEffect(() => {
    if (isDragged && !cues) void fetchCues(url).then(setCues);
  }, [url, isDragged]);

  useEffect(() => {
    if (!sheet || sheets.has(sheet)) return undefined;
    const timer = setTimeout(() => setSheets(new Set(sheets).add(sheet)), REST_MS);
    return () => clearTimeout(timer);
  }, [sheet, sheets]);

  if (!tile || !sheets.has(tile.sheet)) return null;
  const half = `${tile.width / 2}px`;
  return (
    <span class="seek-preview" aria-hidden="true" style={{ left: `clamp(${half}, ${share}, calc(100% - ${half}))` }}>
      <TilePicture tile={tile} />
    </span>
  );
}
