// SPDX-License-Identifier: GPL-3.0-or-later
/* A package with an AV1 ladder in hls.js and Chromium: who knows AV1 plays it and nothing else, who
 * does not plays H.264 and nothing else. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { DESK, openBrowser, withPage } from './support/chromium.mjs';
import { requireFromPages } from './support/packages.mjs';

const SECONDS = 12;
const BUILD = process.env.BANMAI_BUILD ?? new URL('../../build/dev', import.meta.url).pathname;
const PAGE = '<!doctype html><title>av1</title><link rel="icon" href="data:,"><script src="/hls.js"></script>'
  + '<video muted></video>';
const TYPES = { '.m3u8': 'application/vnd.apple.mpegurl', '.mp4': 'video/mp4', '.js': 'text/javascript' };

let folder;
let server;
let url;

/** Any static server does: files, and byte ranges of them. */
async function answer(request, response) {
  const path = new URL(request.url, 'http://localhost').pathname;
  if (path === '/') {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
    return;
  }
  const body = await readFile(path === '/hls.js' ? requireFromPages.resolve('hls.js') : join(folder, 'out', path))
    .catch(() => null);
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const type = { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' };
  if (!body) response.writeHead(404).end();
  else if (!range) response.writeHead(200, type).end(body);
  else {
    const [from, to] = [Number(range[1]), Math.min(Number(range[2]), body.length - 1)];
    response
      .writeHead(206, { ...type, 'Content-Range': `bytes ${from}-${to}/${body.length}` })
      .end(body.subarray(from, to + 1));
  }
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banmai-av1-'));
  const clip = join(folder, 'clip.mkv');
  const picture = `testsrc2=size=320x180:rate=12:duration=${SECONDS}`;
  const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', `sine=330:duration=${SECONDS}`];
  await promisify(execFile)('ffmpeg', [
    ...['-v', 'error', ...inputs, '-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '20', '-c:a', 'flac', clip],
  ]);
  await promisify(execFile)(join(BUILD, 'transcoder/banmai-transcode'), [
    ...['run', clip, join(folder, 'out'), '--codec', 'av1'],
  ]);
  server = createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${server.address().port}/`;
});

after(async () => {
  server?.closeAllConnections();
  server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Plays the package to its end; gives which renditions' files were asked for, and what was seen. */
async function play(page) {
  const files = new Set();
  page.on('request', (request) => {
    const name = /\/(v[\w-]+)\.mp4$/.exec(request.url())?.[1];
    if (name) files.add(name);
  });
  await page.goto(url);
  const seen = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const video = document.querySelector('video');
        const hls = new window.Hls();
        const ladders = new Set();
        const notes = [];
        hls.on(window.Hls.Events.ERROR, (_, data) => {
          /* At fourfold speed a busy machine is late now and then. */
          if (data.details !== window.Hls.ErrorDetails.BUFFER_STALLED_ERROR) notes.push(data.details);
          if (data.fatal) reject(new Error(notes.join(', ')));
        });
        hls.on(window.Hls.Events.LEVEL_SWITCHED, (_, { level }) => ladders.add(hls.levels[level].codecSet));
        hls.on(window.Hls.Events.MANIFEST_PARSED, () => void video.play());
        video.addEventListener('ended', () =>
          resolve({
            ladders: [...ladders],
            levels: hls.levels.map((level) => level.codecSet),
            nFrames: video.getVideoPlaybackQuality().totalVideoFrames,
            duration_s: video.duration,
            notes,
          }),
        );
        video.playbackRate = 4;
        hls.loadSource('multivariant.m3u8');
        hls.attachMedia(video);
      }),
  );
  return { files: [...files], ...seen };
}

const inBrowser = (name, body) =>
  test(name, { timeout: 60_000 }, async () => {
    const browser = await openBrowser(DESK);
    try {
      await withPage(browser.context, url, name, body, { isOurServer: false });
    } finally {
      await browser.close();
    }
  });

inBrowser('who knows AV1 plays it to the end and asks for nothing else', async (page) => {
  const { files, ladders, levels, nFrames, duration_s, notes } = await play(page);
  assert.deepEqual(notes, []);
  assert.equal(ladders.length, 1, `one ladder: ${ladders}`);
  assert.match(ladders[0], /^av01,/);
  assert.ok(levels.some((codecs) => codecs.startsWith('avc1,')), 'both are offered');
  assert.ok(files.length > 0 && files.every((name) => name.endsWith('-av1')), `asked for ${files}`);
  assert.ok(nFrames >= SECONDS * 5, `${nFrames} pictures`);
  assert.ok(Math.abs(duration_s - SECONDS) < 0.1, `${duration_s} s`);
});

inBrowser('who does not know AV1 never hears of it', async (page) => {
  await page.addInitScript(() => {
    const { isTypeSupported } = MediaSource;
    MediaSource.isTypeSupported = (type) => !type.includes('av01') && isTypeSupported.call(MediaSource, type);
  });
  const { files, levels, nFrames, notes } = await play(page);
  assert.deepEqual(notes, []);
  assert.ok(levels.length > 0 && levels.every((codecs) => codecs.startsWith('avc1,')), `${levels}`);
  assert.ok(files.length > 0 && files.every((name) => !name.endsWith('-av1')), `asked for ${files}`);
  assert.ok(nFrames >= SECONDS * 5, `${nFrames} pictures`);
});
