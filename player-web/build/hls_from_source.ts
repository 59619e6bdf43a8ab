// SPDX-License-Identifier: GPL-3.0-or-later
/* Builds hls.js from its sources with only what Banmai's packages need: fMP4 with separate sound.
 *
 * The stock build costs 148 KB (brotli), this one about 90: at 64 kbit/s that is seven seconds. The
 * flags are the ones hls.js builds its own variants with. The modules in UNUSED are loaded without
 * a flag, so they are replaced by empty classes; the build fails when one of them is no longer
 * found, so that an upgrade of hls.js cannot quietly undo this. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const FLAGS = {
  ALT_AUDIO: true,
  CMCD: false,
  CONTENT_STEERING: false,
  EME_DRM: false,
  IFRAMES: false,
  INTERSTITIALS: false,
  M2TS_ADVANCED_CODECS: false,
  MEDIA_CAPABILITIES: false,
  SUBTITLES: false,
  VARIABLE_SUBSTITUTION: false,
};

/* Imports inside hls.js/src, by the end of their path: containers and features never used here. */
const UNUSED = [
  'audio/aacdemuxer',
  'audio/ac3-demuxer',
  'audio/mp3demuxer',
  'demux/tsdemuxer',
  'remux/mp4-remuxer',
  'controller/cap-level-controller',
  'controller/cmcd-controller',
  'controller/eme-controller',
  'controller/id3-track-controller',
  'controller/interstitials-controller',
  'controller/subtitle-stream-controller',
  'controller/subtitle-track-controller',
  'controller/timeline-controller',
];

const EMPTY_ID = '\0hls-unused';

/* Every name that hls.js imports from UNUSED as a value. probe() answers "not mine"; the text track
 * samples are those of ID3 and captions inside the media, which Banmai's packages do not have. */
const EMPTY_MODULE = `
export default class Unused {
  static probe() { return false; }
  static isSupported() { return false; }
}
export function normalizePts(value) { return value; }
export function flushTextTrackMetadataCueSamples() {}
export function flushTextTrackUserdataCueSamples() {}
export { Unused as AC3Demuxer, Unused as SubtitleStreamController, Unused as TimelineController };
`;

const hlsRoot = dirname(createRequire(import.meta.url).resolve('hls.js/package.json'));

/** Constants that hls.js's sources expect its bundler to define. */
export function hlsFlags(): Record<string, string> {
  const version = createRequire(import.meta.url)('hls.js/package.json') as { version: string };
  const flags: Record<string, string> = {
    __VERSION__: JSON.stringify(version.version),
    __IN_WORKER__: 'false',
    __HLS_WORKER_BUNDLE__: 'undefined',
  };
  for (const [name, value] of Object.entries(FLAGS)) {
    flags[`__USE_${name}__`] = String(value);
  }
  return flags;
}

export function hlsFromSource(): Plugin {
  const replaced = new Set<string>();

  return {
    name: 'hls-from-source',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source === 'hls.js') return join(hlsRoot, 'src/hls.ts');
      if (!importer?.startsWith(join(hlsRoot, 'src'))) return null;
      const unused = UNUSED.find((path) => join(dirname(importer), source).endsWith(path));
      if (!unused) return null;
      replaced.add(unused);
      return EMPTY_ID;
    },
    load(id) {
      return id === EMPTY_ID ? EMPTY_MODULE : null;
    },
    generateBundle() {
      const missing = UNUSED.filter((path) => !replaced.has(path));
      if (missing.length > 0) {
        this.error(`hls.js no longer imports ${missing.join(', ')}: review UNUSED`);
      }
    },
  };
}
