// SPDX-License-Identifier: GPL-3.0-or-later
import type { vi } from './text.vi';

export const en: Record<keyof typeof vi, string> = {
  'news.title': 'Announcements',
  'news.text': 'Text',
  'news.hint': 'Everybody sees it on the home page, signed in or not. At most {max} characters.',
  'news.announce': 'Announce',
  'news.announced': 'Announced.',
  'news.list': 'Announcements so far',
  'news.made': 'Announced on',
  'news.state': 'State',
  'news.stands': 'Shown',
  'news.withdrawn_at': 'Withdrawn on {day}',
  'news.empty': 'Nothing has been announced yet.',
  'news.withdraw': 'Withdraw',
  'news.withdraw_ask': 'Withdraw this announcement?',
  'news.withdraw_hint': 'Nobody will see it any more. To show it again, announce it anew.',
  'news.withdrawn': 'Withdrawn.',
};
