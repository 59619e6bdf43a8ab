// SPDX-License-Identifier: GPL-3.0-or-later
/* Lectures whose pictures come at uneven distances, from a real server (real_players_test.py): our
 * page in three browsers, and other versions of hls.js in Chromium. Each resumes in the midst, then
 * goes to five places. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { DESK, openBrowser } from './support/chromium.mjs';
import { openFirefox } from './support/firefox.mjs';
import { requireFromPages } from './support/packages.mjs';
import { checkVisit, goTo, playFrom, watchMedia } from './support/player_page.mjs';
import { openWebKit } from './support/webkit.mjs';

const { BASE_URL: url, PASSWORD: password } = process.env;
/** {name: {id, hls, hls_opus}} */
const lectures = JSON.parse(process.env.LECTURES);
const RESUMED_S = Number(process.env.RESUMED_S);
const PLACES_S = [0, 1, 20.3, 47, 33];

async function openChromium() {
  const { context, close } = await openBrowser(DESK);
  const page = await context.newPage();
  return {
    name: 'Chromium',
    goto: (address) => page.goto(address),
    run: (body, ...values) => page.evaluate(`(${body})(...${JSON.stringify(values)})`),
    close,
  };
}

async function goToPlaces(browser) {
  for (const place_s of PLACES_S) {
    await browser.run(goTo, place_s);
    await playFrom(browser, place_s);
  }
  await checkVisit(browser, PLACES_S.length);
}

/* In the page: as the form does it. */
const signIn = async (login, secret) => {
  const body = JSON.stringify({ login, password: secret });
  const reply = await fetch('/api/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  return reply.status;
};

/* Browsers that are driven let a page play what is not heard. */
const start = async () => {
  for (let tries = 0; tries < 300 && !document.querySelector('.start-button'); tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  document.querySelector('video').muted = true;
  document.querySelector('.start-button').click();
};

async function watchOurPage(browser, lecture) {
  await browser.goto(`${url}/lecture/${lecture.id}`);
  await browser.run(watchMedia);
  await browser.run(start);
  const { currentTime } = await playFrom(browser, RESUMED_S);
  assert.ok(currentTime < RESUMED_S + 10, `resumed at ${currentTime}`);
  await goToPlaces(browser);
}

for (const [kind, open] of Object.entries({ chromium: openChromium, webkit: openWebKit, firefox: openFirefox })) {
  test(`our page resumes and goes to five places in ${kind}`, { timeout: 400_000 }, async () => {
    const browser = await open();
    try {
      await browser.goto(`${url}/login`);
      assert.equal(await browser.run(signIn, kind, password), 200);
      for (const lecture of Object.values(lectures)) await watchOurPage(browser, lecture);
    } finally {
      await browser.close();
    }
  });
}

/* In the page of another version: what went wrong is kept as "DETAILS of SEGMENT". */
const watchWithHls = (address, position_s) => {
  const { Hls } = window;
  const hls = new Hls({ enableWorker: false, startPosition: position_s });
  const video = document.querySelector('video');
  const wrong = ['bufferAppendNoProgress', 'bufferAppendError', 'bufferAppendingError', 'fragParsingError'];
  hls.on(Hls.Events.ERROR, (_, { details, fatal, frag }) => {
    if (fatal || wrong.includes(details)) window.seen.errors.push(`${details} of ${frag?.type} ${frag?.sn}`);
  });
  hls.attachMedia(video);
  hls.loadSource(address);
  void video.play();
};

const PAGE = '<!doctype html><title>hls.js</title><link rel="icon" href="data:,"><script src="hls.js"></script>'
  + '<video muted></video>';
const VERSIONS = { 1.1: 'hls-1-1', 1.4: 'hls-1-4', 1.5: 'hls-1-5', 1.6: 'hls-1-6', 1.7: 'hls.js' };

let pages;

before(async () => {
  pages = createServer(async (request, response) => {
    const [, version, file] = request.url.split('/');
    if (file !== 'hls.js') response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
    else {
      const text = await readFile(requireFromPages.resolve(VERSIONS[version]));
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(text);
    }
  });
  await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve));
});

after(() => {
  pages.closeAllConnections();
  pages.close();
});

for (const version of Object.keys(VERSIONS)) {
  test(`hls.js ${version} resumes and goes to five places`, { timeout: 300_000 }, async () => {
    const browser = await openChromium();
    browser.name = `hls.js ${version}`;
    try {
      for (const { hls } of Object.values(lectures)) {
        await browser.goto(`http://127.0.0.1:${pages.address().port}/${version}/`);
        await browser.run(watchMedia);
        await browser.run(watchWithHls, url + hls, RESUMED_S);
        await playFrom(browser, RESUMED_S);
        await goToPlaces(browser);
      }
    } finally {
      await browser.close();
    }
  });
}
