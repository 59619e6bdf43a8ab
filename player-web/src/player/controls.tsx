// SPDX-License-Identifier: GPL-3.0-or-later
/* The controls: large buttons with words, always in the same place. They only ask the engine. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { languageName, number } from '../app/format';
import type { Playback } from '../app/types';
import { t } from './text';
import { Icon, type IconName } from '../ui/icon';
import { DataSheet } from './data_sheet';
import { RATES, type PlayerEngine } from './engine';
import type { Fullscreen } from './fullscreen';
import { SKIP_S } from './keyboard';
import { SeekBar } from './seek_bar';
import { Sheet } from './sheet';

export function rateText(rate: number): string {
  return `${number(rate, 2)}×`;
}

function captionName(language: string | null): string {
  if (!language) return t('captions.off');
  return language === 'und' ? t('captions.on') : languageName(language);
}

function Transport({ engine }: { engine: PlayerEngine }): JSX.Element {
  const { isPaused } = engine.state.value;
  return (
    <div class="transport">
      <button
        type="button"
        class="transport-button"
        aria-label={t('watch.back', { s: SKIP_S })}
        onClick={() => engine.skip(-SKIP_S)}
      >
        <Icon name="back" />
        <span aria-hidden="true">{SKIP_S}</span>
      </button>
      <button
        type="button"
        class="transport-button transport-play"
        aria-label={t(isPaused ? 'watch.play' : 'watch.pause')}
        onClick={() => engine.toggle()}
      >
        <Icon name={isPaused ? 'play' : 'pause'} />
      </button>
      <button
        type="button"
        class="transport-button"
        aria-label={t('watch.forward', { s: SKIP_S })}
        onClick={() => engine.skip(SKIP_S)}
      >
        <Icon name="forward" />
        <span aria-hidden="true">{SKIP_S}</span>
      </button>
    </div>
  );
}

interface OptionProps {
  icon: IconName;
  label: string;
  value?: string;
  extraClass?: string;
  opensSheet?: boolean;
  onClick: () => void;
}

function Option({ icon, label, value, extraClass = '', opensSheet = false, onClick }: OptionProps): JSX.Element {
  return (
    <button type="button" class={`option ${extraClass}`} aria-haspopup={opensSheet ? 'dialog' : undefined} onClick={onClick}>
      <Icon name={icon} />
      <span class="option-text">
        <span class="option-label">{label}</span>
        {value && <span class="option-value">{value}</span>}
      </span>
    </button>
  );
}

export interface ControlsProps {
  engine: PlayerEngine;
  playback: Playback;
  duration_s: number | null;
  fullscreen: Fullscreen;
}

export function Controls({ engine, playback, duration_s, fullscreen }: ControlsProps): JSX.Element {
  const [sheet, setSheet] = useState<'rate' | 'data' | 'captions' | 'sounds' | null>(null);
  const { rate, isMuted } = engine.state.value;
  const close = (): void => setSheet(null);

  return (
    <div class="controls">
      <SeekBar
        engine={engine}
        duration_s={duration_s}
        storyboard={engine.mode.value === 'audio' ? null : (playback.storyboard ?? null)}
      />
      <div class="controls-row">
        <Transport engine={engine} />
        <div class="options">
          <Option icon="speed" label={t('watch.speed')} value={rateText(rate)} opensSheet onClick={() => setSheet('rate')} />
          <Option
            icon="data"
            label={t('watch.data')}
            value={t(`data.${engine.mode.value}`)}
            opensSheet
            onClick={() => setSheet('data')}
          />
          {engine.sounds.value.length > 1 && (
            <Option
              icon="sound"
              label={t('watch.sounds')}
              value={engine.sound.value ?? ''}
              opensSheet
              onClick={() => setSheet('sounds')}
            />
          )}
          {engine.captions.value.length > 0 && (
            <Option
              icon="captions"
              label={t('watch.captions')}
              value={captionName(engine.caption.value)}
              opensSheet
              onClick={() => setSheet('captions')}
            />
          )}
          <Option
            icon={isMuted ? 'mute' : 'sound'}
            label={t(isMuted ? 'watch.unmute' : 'watch.mute')}
            extraClass="option-mute"
            onClick={() => engine.setMuted(!isMuted)}
          />
          <Option
            icon={fullscreen.isOn ? 'shrink' : 'expand'}
            label={t(fullscreen.isOn ? 'watch.fullscreen_exit' : 'watch.fullscreen')}
            onClick={fullscreen.toggle}
          />
        </div>
      </div>
      {sheet === 'rate' && (
        <Sheet
          title={t('watch.speed')}
          chosen={rate}
          choices={RATES.map((value) => ({
            value,
            title: value === 1 ? t('watch.speed_normal') : rateText(value),
          }))}
          onChoose={(value) => engine.setRate(value)}
          onClose={close}
        />
      )}
      {sheet === 'sounds' && (
        <Sheet
          title={t('watch.sounds')}
          chosen={engine.sound.value ?? ''}
          choices={engine.sounds.value.map((name) => ({ value: name, title: name }))}
          onChoose={(value) => engine.setSound(value)}
          onClose={close}
        />
      )}
      {sheet === 'captions' && (
        <Sheet
          title={t('watch.captions')}
          chosen={engine.caption.value ?? ''}
          choices={['', ...engine.captions.value.map(({ language }) => language)].map((value) => ({
            value,
            title: captionName(value || null),
          }))}
          onChoose={(value) => engine.setCaption(value || null)}
          onClose={close}
        />
      )}
      {sheet === 'data' && <DataSheet engine={engine} playback={playback} onClose={close} />}
    </div>
  );
}
