// SPDX-License-Identifier: GPL-3.0-or-later
/* The tests' packages are the pages' development packages: one lock file, one installation. */
import { createRequire } from 'node:module';

export const requireFromPages = createRequire(new URL('../../../player-web/package.json', import.meta.url));
