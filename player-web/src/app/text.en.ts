// SPDX-License-Identifier: GPL-3.0-or-later
import type { vi } from './text.vi';

export const en: Record<keyof typeof vi, string> = {
  'app.name': 'Ban Mai',
  'app.skip': 'Skip to the content',
  'app.offline': 'No network. What is open can still be watched.',
  'app.language': 'Tiếng Việt',
  'app.studio': 'My lectures',
  'app.admin': 'Administration',
  'app.announcements': 'Announcements',
  'app.home': 'Home',

  'login.title': 'Sign in',
  'login.submit': 'Sign in',
  'login.out': 'Sign out',
  'login.needed': 'Please sign in to see this part.',
  'login.forbidden': 'This account may not see this part.',

  'error.offline': 'No network, or a very weak one. Please try again when it is back.',
  'error.offline_retried': 'No network, or a very weak one. It will be tried again when the network is back.',
  'error.busy': 'The server is busy. Please try again in a few minutes.',
  'error.broken': 'The server failed. Please try again; if it goes on, tell the administrator.',
  'error.not_found': 'Not found. It may have been deleted.',
  'error.forbidden': 'You may not see this yet.',
  'error.refused': 'The server does not accept this: {detail}',
  'error.signed_out': 'Please sign in again.',
  'error.no_page': 'There is no such page',
  'error.retry': 'Try again',

  'state.loading': 'Loading…',

  'list.more': 'Show more',
  'list.end': 'That is all.',

  'state.stale': 'This is a saved copy; it may not be the latest.',

  'time.minutes': '{n} min',
  'time.hours': '{h} h {m} min',
  'time.seconds': '{n} s',
  'time.under_minute': 'under 1 min',

  'app.keep': 'Keep it',
  'app.working': 'Sending…',
  'app.close': 'Close',
};
