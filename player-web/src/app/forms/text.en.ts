// SPDX-License-Identifier: GPL-3.0-or-later
import type { vi } from './text.vi';

export const en: Record<keyof typeof vi, string> = {
  'field.required': 'Please fill this in.',
  'field.too-short': 'Too short. Please write more.',
  'field.too-long': 'Too long. Please shorten it.',
  'field.too-small': 'This number is too small.',
  'field.too-large': 'This number is too large.',
  'field.not-one-of': 'Please choose one from the list.',
  'field.wrong-type': 'This is not of the right kind.',
  'field.unknown': 'The server does not know this item. Please load the page again, then retry.',
  'field.malformed': 'This is not written in the right way.',
  'form.faults': 'Some fields are not right. Please look at those that are marked.',
  'form.optional': 'optional',
  'form.working': 'Sending…',
  'form.cancel': 'Cancel',
};
