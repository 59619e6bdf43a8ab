// SPDX-License-Identifier: GPL-3.0-or-later
/* The slides of a lecture, to jump to. Closed it costs nothing; opened, the list is fetched, and of
 * the pictures those that are looked at. */
import type { JSX, RefObject } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { json } from '../../app/api';
import { clock, spokenTime } from '../../app/format';
import { useResource } from '../../app/resource';
import type { Slide, SlideList as Slides } from '../../app/types';
import type { PlayerEngine } from '../../player/engine';
import { lastStarted, parseTile, type Tile } from '../../player/storyboard';
import { TilePicture } from '../../player/tile_picture';
import { Icon } from '../../ui/icon';
import { Loaded } from '../../ui/loaded';
import { t } from './text';

/** True from when the element first comes into sight. */
function useSeen(element: RefObject<HTMLElement | null>): boolean {
  const [isSeen, setSeen] = useState(typeof IntersectionObserver === 'undefined');
  useEffect(() => {
    if (isSeen || !element.current) return undefined;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [isSeen]);
  return isSeen;
}

interface SlideButtonProps {
  slide: Slide;
  tile: Tile | null;
  isShown: boolean;
  onJump: () => void;
}

function SlideButton({ slide, tile, isShown, onJump }: SlideButtonProps): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  const isSeen = useSeen(button);
  return (
    <button
      ref={button}
      type="button"
      class="slide"
      aria-current={isShown ? 'true' : undefined}
      aria-label={t('slides.go', { n: slide.id, time: spokenTime(slide.start_s) })}
      onClick={onJump}
    >
      <span class="slide-picture">{tile && isSeen && <TilePicture tile={tile} />}</span>
      <span class="slide-words">
        <span class="slide-name">{t('slides.page', { n: slide.id })}</span>
        <span class="slide-time">{clock(slide.start_s)}</span>
      </span>
    </button>
  );
}

interface SlidesProps {
  url: string;
  engine: PlayerEngine;
  onJump: (start_s: number) => void;
}

function Column({ slides, url, engine, onJump }: SlidesProps & { slides: readonly Slide[] }): JSX.Element {
  const column = useRef<HTMLOListElement>(null);
  const base = new URL(url, document.baseURI).href;
  const shown = lastStarted(slides, engine.state.value.position_s + 0.1)?.id;
  useEffect(() => {
    const now = column.current?.querySelector<HTMLElement>('[aria-current]');
    if (column.current && now) column.current.scrollTop = now.offsetTop - column.current.offsetTop;
  }, []);
  return (
    <ol ref={column} class="slides">
      {slides.map((slide) => (
        <li key={slide.id}>
          <SlideButton
            slide={slide}
            tile={slide.tile === null ? null : parseTile(slide.tile, base)}
            isShown={slide.id === shown}
            onJump={() => onJump(slide.start_s)}
          />
        </li>
      ))}
    </ol>
  );
}

function Slides(props: SlidesProps): JSX.Element {
  const list = useResource(() => json<Slides>(props.url), [props.url]);
  return <Loaded resource={list}>{({ slides }) => <Column slides={slides} {...props} />}</Loaded>;
}

export interface SlideListProps {
  url: string;
  engine: PlayerEngine;
  video: RefObject<HTMLVideoElement | null>;
}

export function SlideList({ url, engine, video }: SlideListProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const jump = (start_s: number): void => {
    engine.seek(start_s);
    if (!engine.hasStarted.peek()) engine.play();
    video.current?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <section class="slide-list">
      <button
        type="button"
        class="button button-quiet slide-toggle"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="slides" />
        {t('slides.title')}
      </button>
      <div id={id} hidden={!isOpen}>
        {isOpen && <Slides url={url} engine={engine} onJump={jump} />}
      </div>
    </section>
  );
}
