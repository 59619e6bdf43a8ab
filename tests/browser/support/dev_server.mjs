// SPDX-License-Identifier: GPL-3.0-or-later
/* The pages as whoever develops them sees them, with the pages that no production build has. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { requireFromPages } from './packages.mjs';

export async function startDevServer() {
  const vite = dirname(requireFromPages.resolve('vite/package.json'));
  const { createServer } = await import(pathToFileURL(join(vite, 'dist/node/index.js')).href);
  const cacheDir = await mkdtemp(join(tmpdir(), 'banmai-vite-'));
  const server = await createServer({
    root: dirname(requireFromPages.resolve('./package.json')),
    cacheDir,
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
  });
  await server.listen();
  return {
    url: server.resolvedUrls.local[0].replace(/\/$/, ''),
    async stop() {
      await server.close();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}
