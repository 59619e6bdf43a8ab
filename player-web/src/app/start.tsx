// SPDX-License-Identifier: GPL-3.0-or-later
/* Brings the app to life in the page. */
import { render } from 'preact';
import { find, place, startRouter, type Route } from './router';
import { loadUser } from './session';
import { Shell } from './shell';
import { restoreLanguage } from './text';

export async function startApp(routes: readonly Route[]): Promise<void> {
  startRouter(routes);
  void loadUser();
  void find(place.peek())?.row.page.load?.().catch(() => undefined); /* beside whom it is for */
  await restoreLanguage();
  const root = document.getElementById('app');
  root?.replaceChildren();
  if (root) render(<Shell />, root);
}
