// SPDX-License-Identifier: GPL-3.0-or-later
import type { vi } from './text.vi';

export const en: Record<keyof typeof vi, string> = {
  'studio.title': 'My lectures',
  'studio.title_all': 'All lectures',
  'studio.upload': 'Upload a lecture',
  'studio.empty': 'No lectures yet',
  'studio.empty_hint':
    'Choose a recording of picture or sound. A weak network is fine: an interrupted upload goes on where it stopped.',
  'studio.watch': 'Watch',
  'studio.retry': 'Try again',
  'studio.without_sound': 'Publish without sound',
  'studio.rename': 'Rename',
  'studio.rename_label': 'New name',
  'studio.rename_save': 'Save the name',
  'studio.delete': 'Delete',
  'studio.delete_sure': 'Delete for good',
  'studio.delete_keep': 'Keep it',
  'studio.delete_ask': 'Delete this lecture?',
  'studio.delete_hint': '“{title}” will be gone for good.',
  'studio.deleted': 'The lecture is deleted.',
  'studio.code': 'Code: {code}',
  'studio.attention': 'Note: {text}',
  'studio.seconds': 'From {from} to {until}.',
  'studio.ready': 'Ready',
  'studio.early': 'The beginning can be watched',
  'studio.reselect': 'Choose the file again to go on ({percent}% is there)',
  'studio.reselect_hint': 'The upload was interrupted. Choose the same file and it goes on where it stopped.',

  'stage.upload': 'Upload',
  'stage.plan': 'Check',
  'stage.sound': 'Sound',
  'stage.chunk': 'Picture',
  'stage.join': 'Join',
  'stage.ready': 'Ready',
  'stage.label': 'Steps of processing: now at {stage}',
  'stage.queued': 'Waiting for its turn',
  'stage.waits_for_disk': 'Waiting for free space on the server',
  'stage.waits_for_disk_hint':
    'The server\'s disk is almost full. What is done is kept, and the work goes on by itself once the administrator has made room.',
  'stage.speed': '{speed} times as fast as it plays',
  'stage.eta': 'about {time} left',
  'stage.estimating': 'estimating the time',

  'studio.working': 'This lecture is being processed',
  'studio.failed': 'Failed',
  'studio.choose': 'Choose files',
};
