// SPDX-License-Identifier: GPL-3.0-or-later
import type { vi } from './text.vi';

export const en: Record<keyof typeof vi, string> = {
  'home.resume': 'Go on learning',
  'home.left': '{minutes} left',
  'home.courses': 'Courses',
  'home.recent': 'New lectures',
  'home.empty': 'No lectures yet.',
  'home.empty_hint': 'New ones appear here as soon as teachers publish them.',
  'home.hello': 'Hello {name}',
  'home.welcome': 'What shall we learn today?',
  'home.announcements': 'Announcements',
  'home.announcements_read': 'I have read it, do not show it again',

  'course.one': 'Course',
  'course.lectures': 'Lectures: {n}',
  'course.empty': 'This course has no lectures yet. They are coming.',

  'lecture.done': 'Completed',
  'lecture.seen': '{percent}% watched',
  'lecture.queued': 'Waiting to be processed',
  'lecture.processing': 'Processing {percent}%',
  'lecture.uploading': 'Uploading',
  'lecture.failed': 'Failed',
  'lecture.light': 'The beginning can be watched',
};
