// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes FILE.gz and FILE.br beside every text file of the build, so that the server never
 * compresses while a learner waits and can use the strongest setting. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXT = /\.(css|html|js|json|svg|webmanifest)$/;
const MIN_BYTES = 256; /* below this the headers weigh more than what is saved */

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries.map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : Promise.resolve([path]);
  });
  return (await Promise.all(nested)).flat();
}

async function writeCopies(path: string): Promise<void> {
  const text = await readFile(path);
  if (text.length < MIN_BYTES) return;
  const br = await promisify(brotliCompress)(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
  const gz = await promisify(gzip)(text, { level: 9 });
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
}

export function compressedCopies(): Plugin {
  let outDir = '';

  return {
    name: 'compressed-copies',
    apply: 'build',
    configResolved(config) {
      outDir = config.build.outDir;
    },
    async closeBundle() {
      const files = (await filesUnder(outDir)).filter((path) => TEXT.test(path));
      await Promise.all(files.map(writeCopies));
    },
  };
}
