// SPDX-License-Identifier: GPL-3.0-or-later
/* Icons drawn on a 24 × 24 grid; always beside a word or inside a button with a name. */
import type { JSX } from 'preact';

const FILLED = {
  play: 'M8 5.1v13.8c0 .8.9 1.3 1.6.8l10.4-6.9c.6-.4.6-1.2 0-1.6L9.6 4.3C8.9 3.8 8 4.3 8 5.1z',
  pause: 'M7 4.5h2.5c.6 0 1 .4 1 1v13c0 .6-.4 1-1 1H7c-.6 0-1-.4-1-1v-13c0-.6.4-1 1-1zm7.5 0H17c.6 0 1 .4 1 1v13c0 .6-.4 1-1 1h-2.500c-.6 0-1-.4-1-1v-13c0-.6.4-1 1-1z',
} as const;

const STROKED = {
  back: 'M4 4.500v5h5M4.6 9.500A8 8 0 1 1 4 13.5',
  forward: 'M20 4.500v5h-5M19.4 9.500A8 8 0 1 0 20 13.5',
  speed: 'M12 13l4-4M5.3 18.200a9 9 0 1 1 13.4 0',
  captions: 'M5 5.500h14c.6 0 1 .4 1 1v11c0 .6-.4 1-1 1H5c-.6 0-1-.4-1-1v-11c0-.6.4-1 1-1zM7 15h4.500M14 15h3M7 11.500h2.500M12 11.500h5',
  data: 'M5 19v-4M10 19v-8M15 19V8M20 19V4',
  expand: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  shrink: 'M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5',
  sound: 'M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11',
  mute: 'M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM16 9.500l5 5M21 9.500l-5 5',
  check: 'M5 12.500l4.5 4.500L19 7.5',
  warn: 'M12 9v4.500M12 17v.1M10.7 4.300L2.9 18c-.6 1 .1 2.2 1.3 2.200h15.600c1.2 0 1.9-1.2 1.3-2.200L13.3 4.300c-.6-1-2-1-2.6 0z',
  close: 'M6 6l12 12M18 6L6 18',
  upload: 'M12 16V4.500M7.5 9L12 4.5 16.5 9M5 15.500V19c0 .6.4 1 1 1h12c.6 0 1-.4 1-1v-3.5',
  retry: 'M20 4.500v5h-5M19.4 9.500A8 8 0 1 0 20 13.5',
  slides: 'M5 5h14c.6 0 1 .4 1 1v9c0 .6-.4 1-1 1H5c-.6 0-1-.4-1-1V6c0-.6.4-1 1-1zM8 19.500h8M8 9h8M8 12h5',
  clock: 'M12 7.500V12l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  next: 'M9.5 5.500L16 12l-6.5 6.5',
  prev: 'M14.5 5.500L8 12l6.5 6.5',
  trash: 'M4.5 7h15M9.5 7V4.500h5V7M6.5 7l.8 12.500h9.400L17.5 7M10 11v5M14 11v5',
  pencil: 'M4.500 19.500l1-4.200L16.300 4.500a1.700 1.700 0 0 1 2.400 0l.8.8a1.700 1.700 0 0 1 0 2.400L8.700 18.500l-4.200 1zM14.500 6.500l3 3',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-3.6 3.8-5.5 7.5-5.500s6.7 1.9 7.5 5.5',
  offline: 'M3 3l18 18M5 12.500a10 10 0 0 1 4-2.300M8.5 16a5 5 0 0 1 7 0M2 9a15 15 0 0 1 4.5-2.700M12 19.500v.1M10.5 5.600A15 15 0 0 1 22 9M14.5 10.500a10 10 0 0 1 4.5 2',
} as const;

export type IconName = keyof typeof FILLED | keyof typeof STROKED;

export function Icon({ name }: { name: IconName }): JSX.Element {
  const filled = name in FILLED ? FILLED[name as keyof typeof FILLED] : null;
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {filled ? (
        <path d={filled} fill="currentColor" />
      ) : (
        <path d={STROKED[name as keyof typeof STROKED]} class="icon-line" />
      )}
    </svg>
  );
}
