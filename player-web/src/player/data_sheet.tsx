// SPDX-License-Identifier: GPL-3.0-or-later
/* How much data to spend, with what each choice costs in an hour. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { number } from '../app/format';
import type { Playback } from '../app/types';
import { t } from './text';
import { DATA_MODES, modeCost, type Cost, type DataMode } from './data_mode';
import type { PlayerEngine } from './engine';
import { parseVariants, type Variant } from './playlist';
import { Sheet } from './sheet';

async function variantsAt(url: string | null): Promise<Variant[]> {
  if (!url) return [];
  try {
    const response = await fetch(url, { credentials: 'same-origin' });
    return response.ok ? parseVariants(await response.text()) : [];
  } catch {
    return []; /* then the menu names no cost */
  }
}

function costText(cost: Cost | null): string {
  if (!cost) return t('data.unknown');
  const { low_mb, high_mb } = cost;
  if (low_mb === high_mb) return t('data.cost', { mb: number(low_mb) });
  return t('data.cost_range', { low: number(low_mb), high: number(high_mb) });
}

export interface DataSheetProps {
  engine: PlayerEngine;
  playback: Playback;
  onClose: () => void;
}

export function DataSheet({ engine, playback, onClose }: DataSheetProps): JSX.Element {
  const [variants, setVariants] = useState<Variant[]>([]);
  const [sounds, setSounds] = useState<Variant[]>([]);
  const { hls, audio } = engine.addresses(playback);
  useEffect(() => {
    void variantsAt(hls).then(setVariants);
    void variantsAt(audio).then(setSounds);
  }, [hls, audio]);

  const offered = DATA_MODES.filter((mode) => mode !== 'audio' || playback.audio);
  return (
    <Sheet<DataMode>
      title={t('data.title')}
      chosen={engine.mode.value}
      choices={offered.map((mode) => ({
        value: mode,
        title: t(`data.${mode}`),
        hint: t(`data.${mode}_hint`),
        side: costText(modeCost(mode, variants, sounds)),
      }))}
      onChoose={(mode) => engine.setMode(mode)}
      onClose={onClose}
    />
  );
}
