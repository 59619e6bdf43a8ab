// SPDX-License-Identifier: GPL-3.0-or-later
/* Chooses how to play. Loading this file loads hls.js: import() it. */
import type { MakeSource } from './engine';
import { HlsSource } from './hls_source';
import { NativeSource } from './native_source';

export const makeSource: MakeSource = (media, events) => {
  if (HlsSource.isSupported()) return new HlsSource(media, events);
  if (NativeSource.isSupported(media)) return new NativeSource(media, events);
  return null;
};
