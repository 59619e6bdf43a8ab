// SPDX-License-Identifier: GPL-3.0-or-later
/* What the browser says of the network. True does not mean that the server can be reached. */
import { signal } from '@preact/signals';

export const isOnline = signal(navigator.onLine);

addEventListener('online', () => {
  isOnline.value = true;
});
addEventListener('offline', () => {
  isOnline.value = false;
});
