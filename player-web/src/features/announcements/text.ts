// SPDX-License-Identifier: GPL-3.0-or-later
import { texts } from '../../app/text';
import { vi } from './text.vi';

export const t = texts(vi, async () => (await import('./text.en')).en);
