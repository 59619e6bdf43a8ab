// SPDX-License-Identifier: GPL-3.0-or-later
/* What jsdom lacks of a browser. Tests of the build run in plain node, where all this is absent. */
import 'fake-indexeddb/auto';
import { options } from 'preact';
import { afterEach } from 'vitest';

if (typeof window !== 'undefined') {
  HTMLDialogElement.prototype.showModal = function showModal(): void {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close(): void {
    this.open = false;
  };
  window.scrollTo = (): void => undefined;

  /* Draw at once, so that tests need not wait. */
  options.debounceRendering = (draw): void => draw();

  afterEach(() => {
    document.body.replaceChildren();
    localStorage.clear();
  });
}
