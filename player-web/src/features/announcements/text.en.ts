// SPDX-License-Identifier: GPL-3.0-or-later
import type { vi } from './text.vi';

export const en: Record<keyof typeof vi, string> = {
  'announcements.title': 'Announcements',
  'announcements.text': 'Text',
  'announcements.hint': 'Everybody sees it on the home page, signed in or not. At most {max} characters.',
  'announcements.announce': 'Announce',
  'announcements.announced': 'Announced.',
  'announcements.list': 'Announcements so far',
  'announcements.made': 'Announced on',
  'announcements.state': 'State',
  'announcements.stands': 'Shown',
  'announcements.withdrawn_at': 'Withdrawn on {day}',
  'announcements.empty': 'Nothing has been announced yet.',
  'announcements.withdraw': 'Withdraw',
  'announcements.withdraw_ask': 'Withdraw this announcement?',
  'announcements.withdraw_hint': 'Nobody will see it any more. To show it again, announce it anew.',
  'announcements.withdrawn': 'Withdrawn.',
};
