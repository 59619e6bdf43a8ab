// SPDX-License-Identifier: GPL-3.0-or-later
import type { vi } from './text.vi';

export const en: Record<keyof typeof vi, string> = {
  'watch.keys': 'Keys: space = play, ← → = 10 seconds, F = full screen',
  'watch.seen': '{percent}% of this lecture watched',
  'watch.completed': 'You have completed this lecture',
  'watch.saved': 'Progress saved',
  'watch.unsaved': 'Progress is kept on this device and sent when the network is back',
  'watch.sign_in': 'Sign in to keep your progress',
  'watch.session_lost': 'The session has ended. Progress is kept on this device; sign in again to save it.',
  'watch.next': 'Lectures of this course',
  'watch.growing': 'This lecture is being processed. Its beginning can be watched; the rest will follow by itself.',

  'slides.title': 'Slides',
  'slides.page': 'Slide {n}',
  'slides.go': 'Slide {n}, from {time}',

  'wait.queued': 'This lecture waits for its turn',
  'wait.queued_hint': 'This page updates by itself. You can come back later.',
  'wait.processing': 'This lecture is being processed',
  'wait.eta': 'About {time} left',
  'wait.eta_unknown': 'Estimating the time',
  'wait.uploading': 'The teacher is uploading this lecture',
  'wait.failed': 'This lecture cannot be watched yet',
  'wait.failed_hint': 'The teacher sees this failure in the studio. Please come back later.',
};
