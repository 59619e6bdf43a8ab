// SPDX-License-Identifier: GPL-3.0-or-later
/* After a change of page the focus goes to its heading, so that a screen reader says where it is and
 * the next Tab begins there. A heading may come later than its page. */

let isDue = false;

export function pageChanged(): void {
  isDue = true;
}

/** Focuses an element of the new page; a heading is what was waited for. */
export function takeFocus(element: HTMLElement | null, isHeading: boolean): void {
  if (!isDue || !element) return;
  const { activeElement } = document;
  const isElsewhere = activeElement && activeElement !== document.body && activeElement.localName !== 'main';
  if (isHeading || isElsewhere) isDue = false;
  if (!isElsewhere) element.focus({ preventScroll: true });
}
