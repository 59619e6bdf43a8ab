// SPDX-License-Identifier: GPL-3.0-or-later
/* What admins tell everybody. */
import { at, call } from '../../app/api';
import { listAt } from '../../app/lists';
import type { AnnouncementList } from '../../app/types';

/* As the server has it (announcements.h). */
export const ANNOUNCEMENT_MAX_CHARS = 500;

/** Those that a visitor is shown. Every phone fetches them, so they are few. */
export const newest = listAt<AnnouncementList>(at`/announcements?limit=3`, 'announcements');
/** For admins: those that were withdrawn, too. */
export const all = listAt<AnnouncementList>(at`/announcements?all=true`, 'announcements');

export const announce = (text: string): Promise<unknown> => call(at`/announcements`, { method: 'POST', body: { text } });
export const withdraw = (id: string): Promise<unknown> => call(at`/announcements/${id}`, { method: 'DELETE' });
