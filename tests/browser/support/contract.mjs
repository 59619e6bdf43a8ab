// SPDX-License-Identifier: GPL-3.0-or-later
/* Every reply that a page gets is held against docs/openapi.yaml, by the program that holds those of
 * the integration tests: tests/integration/contract.py. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../integration/contract.py', import.meta.url));
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'; /* that has Debian's packages */

let child = null;
const waiting = []; /* for a line each, in the order of what was asked */
let nHeld = 0;

const MAX_TOLD = 5;

/* One for all pages of this process; it ends with us. */
function start() {
  child = spawn(PYTHON, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  createInterface(child.stdout).on('line', (line) => waiting.shift()?.(line));
  child.on('exit', (code) => waiting.splice(0).forEach((tell) => tell(`contract.py ended with ${code}`)));
  for (const part of [child, child.stdin, child.stdout]) part.unref();
  process.on('exit', () => console.log(`contract: ${nHeld} replies held against docs/openapi.yaml`));
}

/** What is wrong with the reply, or an empty text. */
function ask(reply) {
  if (!child) start();
  nHeld += 1;
  return new Promise((tell) => {
    waiting.push(tell);
    child.stdin.write(`${JSON.stringify(reply)}\n`);
  });
}

/* A body is gone when its page is; then the rest of the reply is held. */
const textOf = (response) => Promise.race([response.text().catch(() => null), new Promise((gone) => setTimeout(gone, 5000, null).unref())]);

async function hold(response, origin) {
  const request = response.request();
  const url = new URL(response.url());
  if (url.origin !== origin || response.fromServiceWorker()) return '';
  const { 'content-encoding': _, ...headers } = await response.allHeaders().catch(() => response.headers());
  const isJson = /json/.test(headers['content-type'] ?? '') && request.method() !== 'HEAD';
  return ask({
    method: request.headers()['x-http-method-override'] ?? request.method(),
    target: url.pathname + url.search,
    status: response.status(),
    headers,
    body: isJson ? await textOf(response) : null,
  });
}

/** Holds what the page gets from url's server, from now on; the function given back tells what was
 * wrong up to then. */
export function watchReplies(page, url) {
  const { origin } = new URL(url);
  const held = [];
  page.on('response', (response) => held.push(hold(response, origin)));
  return async () => [...new Set(await Promise.all(held))].filter(Boolean).slice(0, MAX_TOLD);
}
