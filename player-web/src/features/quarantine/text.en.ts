// SPDX-License-Identifier: GPL-3.0-or-later
import type { vi } from './text.vi';

export const en: Record<keyof typeof vi, string> = {
  'quarantine.title': 'Files in quarantine',
  'quarantine.lead': 'Other lectures are not affected. The source is kept as it is while a lecture uses it.',
  'quarantine.reason': 'This file made the decoder crash twice, while {stage}, so it is not tried any more.',
  'quarantine.owner': 'by {owner}',
  'quarantine.deleted':
    'The lecture was deleted, but this file stays in quarantine. To try it again, upload it again and choose “Try again” there.',
  'quarantine.retry': 'Try again',
  'quarantine.stage_plan': 'looking at it',
  'quarantine.stage_sound': 'making the sound',
  'quarantine.stage_chunk': 'encoding the picture',
  'quarantine.stage_join': 'joining the parts',
};
