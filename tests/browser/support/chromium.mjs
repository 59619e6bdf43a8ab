// SPDX-License-Identifier: GPL-3.0-or-later
/* Debian's Chromium with a fresh profile, and a page that remembers what went wrong in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchReplies } from './contract.mjs';
import { requireFromPages } from './packages.mjs';

const { chromium } = requireFromPages('playwright-core');

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--mute-audio',
  '--autoplay-policy=no-user-gesture-required',
];

export const PHONE = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
export const DESK = { viewport: { width: 1280, height: 800 } };

/** Opens a browser of its own; close() removes its profile. A certificate whose key's digest is given
 * is as good as any: service workers ask for that, whatever ignoreHTTPSErrors says. */
export async function openBrowser(device = PHONE, { trustedKeyDigest = '' } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'banmai-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: trustedKeyDigest ? [...ARGUMENTS, `--ignore-certificate-errors-spki-list=${trustedKeyDigest}`] : ARGUMENTS,
    locale: 'vi-VN',
    ignoreHTTPSErrors: true,
    ...device,
  });
  context.setDefaultTimeout(45_000); /* a busy machine is no failure */
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/* The browser logs every answer from 400 up as an error; those are the test's business. */
const EXPECTED = /Failed to load resource|net::ERR_INTERNET_DISCONNECTED/;

/** A page whose script errors, policy violations and requests to other hosts are collected. */
export async function openPage(context, url) {
  const page = await context.newPage();
  const faults = [];
  const { host } = new URL(url);
  page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const target = new URL(request.url());
    if (/^https?:$/.test(target.protocol) && target.host !== host) faults.push(`foreign request: ${request.url()}`);
  });
  return { page, faults };
}

/** Runs a test's body; on failure leaves a screenshot and says where. What the server replies has to
 * be in docs/openapi.yaml, unless it is another server than ours. */
export async function withPage(context, url, name, body, { isOurServer = true } = {}) {
  const { page, faults } = await openPage(context, url);
  const wrongReplies = isOurServer ? watchReplies(page, url) : () => [];
  try {
    await body(page);
    faults.push(...(await wrongReplies()));
    if (faults.length > 0) throw new Error(faults.join('\n'));
  } catch (error) {
    const folder = process.env.SCREENSHOTS ?? tmpdir();
    const file = join(folder, `banmai-failed-${name.replace(/\W+/g, '-')}.png`);
    await page.screenshot({ path: file, fullPage: true }).catch(() => undefined);
    error.message += `\nscreenshot: ${file}${faults.length > 0 ? `\n${faults.join('\n')}` : ''}`;
    throw error;
  } finally {
    await page.close();
  }
}

export async function signIn(page, url, account, next = '/') {
  await page.goto(`${url}/login?next=${encodeURIComponent(next)}`);
  await page.fill('[name=login]', account.login);
  await page.fill('[name=password]', account.password);
  await page.click('button[type=submit]');
  await page.waitForSelector('form.login', { state: 'detached' });
}
