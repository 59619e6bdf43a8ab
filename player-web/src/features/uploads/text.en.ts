// SPDX-License-Identifier: GPL-3.0-or-later
import type { vi } from './text.vi';

export const en: Record<keyof typeof vi, string> = {
  'upload.title': 'Upload a lecture',
  'upload.choose': 'Choose files',
  'upload.more': 'Add files',
  'upload.drop': 'Or drop files here. Video, screen recording or sound.',
  'upload.name': 'Title',
  'upload.course': 'Course',
  'upload.course_none': 'In no course',
  'upload.course_new': 'A new course…',
  'upload.course_title': 'Title of the new course',
  'upload.start': 'Start uploading',
  'upload.remove': 'Remove this file',
  'upload.pause': 'Pause',
  'upload.continue': 'Go on',
  'upload.waiting': 'Waiting for the file before it',
  'upload.paused': 'Paused at {percent}%',
  'upload.progress': '{done} of {total}',
  'upload.speed': '{speed}/s',
  'upload.left': 'about {time} left',
  'upload.retrying': 'The network is gone. The upload will go on by itself where it stopped.',
  'upload.done': 'Uploaded. The server starts to process it; it can be watched in a few minutes.',
  'upload.continues': 'A part of this file is already uploaded. The rest will follow.',
  'upload.keep_open':
    'Keep this page open until the upload is done. If it was closed, choose the same file again to go on.',
  'upload.to_list': 'Back to the lectures',
  'upload.no_title': 'Please give the lecture a title.',
  'upload.empty_file': 'The file is empty: there is nothing to upload.',
  'upload.not_media': 'This file is neither video nor sound.',
  'upload.other_file': 'This is another file: its size differs. Please choose the file that was being uploaded.',
  'upload.too_large': 'The file is larger than the server allows. Cut it, or export it again in a lower quality.',
  'upload.disk_full': 'The server has no room left. What was uploaded is safe; tell the administrator, then try again.',
  'upload.signed_out': 'The session has ended. Sign in again, then press Try again; what was uploaded is safe.',
  'upload.forbidden': 'This account may not upload lectures.',
  'upload.proxy_limit':
    'A proxy in front of Banmai does not let parts of this size through. Ask the administrator to raise its limit (nginx: client_max_body_size).',
  'upload.refused':
    'The server does not accept this file (code {code}). Please try again; if it goes on, tell the administrator.',
  'upload.retry': 'Try again',
  'upload.way': 'Upload',
  'upload.reselect': 'The upload was interrupted. Choose the same file and it goes on where it stopped.',
};
