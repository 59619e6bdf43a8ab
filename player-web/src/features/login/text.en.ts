// SPDX-License-Identifier: GPL-3.0-or-later
import type { vi } from './text.vi';

export const en: Record<keyof typeof vi, string> = {
  'login.lead': 'So that your place is remembered, on every device.',
  'login.name': 'User name',
  'login.password': 'Password',
  'login.show': 'Show password',
  'login.wrong': 'Wrong user name or password. Please try again.',
  'login.slow': 'The password was wrong several times. Please wait {s} seconds, then try again.',
  'login.busy': 'Many people are signing in. Please try again in {s} seconds.',
};
