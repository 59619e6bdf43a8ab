// SPDX-License-Identifier: GPL-3.0-or-later
/* Captions of a lecture, as WebVTT in a text track of the browser's own. hls.js could bring them,
 * at 20 KB for every learner; here they cost nothing until somebody wants to read them. */
import { recall, remember } from '../app/storage';

/** A language that captions are offered in. */
export interface CaptionTrack {
  /** BCP 47, "und" when unknown. */
  language: string;
  /** Its media playlist. */
  url: string;
}

/** The address of the text in the playlist at url: all of it is one segment. */
export function captionText(playlist: string, url: string): string | null {
  const segment = playlist.split(/\r?\n/).find((line) => line !== '' && !line.startsWith('#'));
  return segment && playlist.startsWith('#EXTM3U') ? new URL(segment, url).href : null;
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`captions: ${response.status}`);
  return response.text();
}

/** The language that was read last, null for none. */
export const recallCaption = (): string | null => recall<string>('captions');

export const rememberCaption = (language: string | null): void => remember('captions', language ?? '');

/** Shows the captions of one language at a time over a media element. */
export class CaptionDisplay {
  private element: HTMLTrackElement | null = null;
  private wanted: CaptionTrack | null = null;

  constructor(private readonly media: HTMLMediaElement) {}

  /** Null hides them. Captions that cannot be had are not shown; they are asked for at the next call. */
  async show(track: CaptionTrack | null): Promise<void> {
    this.wanted = track;
    this.clear();
    if (!track) return;
    try {
      const url = new URL(track.url, document.baseURI).href;
      const text = captionText(await fetchText(url), url);
      if (text && this.wanted === track) this.add(track.language, text);
    } catch {
      /* no network: the lecture goes on without */
    }
  }

  private add(language: string, src: string): void {
    const element = document.createElement('track');
    element.kind = 'captions';
    element.srclang = language;
    element.src = src;
    this.media.append(element);
    element.track.mode = 'showing';
    this.element = element;
  }

  private clear(): void {
    this.element?.remove();
    this.element = null;
  }
}
