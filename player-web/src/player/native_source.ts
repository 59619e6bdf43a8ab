// SPDX-License-Identifier: GPL-3.0-or-later
/* Playing through the browser's own HLS: old iPhones. It chooses the quality by itself. */
import type { Source, SourceEvents } from './source';

export class NativeSource implements Source {
  static isSupported(media: HTMLMediaElement): boolean {
    return media.canPlayType('application/vnd.apple.mpegurl') !== '';
  }

  readonly knowsOpus = false; /* it does not say, and AAC always plays */
  private position_s = 0;

  constructor(
    private readonly media: HTMLMediaElement,
    private readonly events: SourceEvents,
  ) {
    media.preload = 'metadata';
    media.addEventListener('loadedmetadata', this.onMetadata);
    media.addEventListener('canplay', this.onCanPlay);
    media.addEventListener('error', this.onError);
  }

  open(url: string, position_s: number): void {
    this.position_s = position_s;
    this.media.src = url;
  }

  play(): void {
    /* the element loads as it likes */
  }

  setMode(): void {
    /* sound only has its own address; the rest is the browser's choice */
  }

  setSound(): void {
    /* the browser's own controls offer them */
  }

  destroy(): void {
    const { media } = this;
    media.removeEventListener('loadedmetadata', this.onMetadata);
    media.removeEventListener('canplay', this.onCanPlay);
    media.removeEventListener('error', this.onError);
    media.removeAttribute('src');
    media.load();
  }

  private readonly onMetadata = (): void => {
    if (this.position_s > 0) this.media.currentTime = this.position_s;
  };

  private readonly onCanPlay = (): void => {
    this.events.onRecovered();
  };

  private readonly onError = (): void => {
    const code = this.media.error?.code;
    this.events.onProblem(code === MediaError.MEDIA_ERR_DECODE ? 'broken' : 'gone');
  };
}
