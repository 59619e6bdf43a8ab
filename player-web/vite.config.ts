// SPDX-License-Identifier: GPL-3.0-or-later
/* One page for all screens: the server answers every path that is no file with it. Everything under
 * /assets/ has a content hash in its name. */
import { defineConfig } from 'vitest/config';
import { compressedCopies } from './build/compressed_copies';
import { hlsFromSource, hlsFlags } from './build/hls_from_source';

export default defineConfig(({ mode }) => ({
  define: hlsFlags(),
  /* Fields declared without a value stay absent, as hls.js's own build has it. */
  esbuild: {
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    tsconfigRaw: { compilerOptions: { target: 'es2020', useDefineForClassFields: false } },
  },
  plugins: mode === 'test' ? [] : [hlsFromSource(), compressedCopies()],
  build: {
    target: ['es2020', 'chrome87', 'safari14', 'firefox78'],
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
  },
  /* Looking for packages by itself, vite would walk through all of hls.js's sources. */
  optimizeDeps: {
    noDiscovery: true,
    include: ['preact', 'preact/hooks', 'preact/jsx-dev-runtime', '@preact/signals', 'eventemitter3', 'idb', 'tus-js-client', 'url-toolkit'],
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/v': 'http://127.0.0.1:8080' } },
  test: {
    environment: 'jsdom',
    /* A context for each file: as much by itself as in a process, but jsdom is loaded only once. */
    pool: 'vmThreads',
    include: ['test/**/*_test.{ts,tsx}'],
    setupFiles: ['test/setup.ts'],
    restoreMocks: true,
  },
}));
