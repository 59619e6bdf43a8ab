// SPDX-License-Identifier: GPL-3.0-or-later
/* WebKitGTK's MiniBrowser, which is as near to an iPhone as Debian comes, by its WebDriver on a display of its own. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, freePort, lineOf, stop } from './processes.mjs';

/* The display's number comes on the descriptor that it is told. */
async function openDisplay() {
  const x = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  return { x, display: `:${(await lineOf(x, x.stdio[3])).trim()}` };
}

async function command(base, method, path, body) {
  const reply = await fetch(`${base}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const { value } = await reply.json();
  if (!reply.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
  return value;
}

async function newSession(base, driver) {
  const capabilities = {
    alwaysMatch: { 'webkitgtk:browserOptions': { binary: process.env.MINIBROWSER, args: ['--automation'] } },
  };
  if (!process.env.MINIBROWSER) delete capabilities.alwaysMatch['webkitgtk:browserOptions'].binary;
  for (let tries = 0; ; tries++) {
    try {
      return (await command(base, 'POST', '/session', { capabilities })).sessionId;
    } catch (error) {
      if (tries >= 100 || ended(driver)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Opens a browser with a fresh profile: goto(url), run(function, ...arguments) and close(). */
export async function openWebKit() {
  const home = await mkdtemp(join(tmpdir(), 'banmai-webkit-'));
  const { x, display } = await openDisplay();
  const port = await freePort();
  const environment = { ...process.env, DISPLAY: display, HOME: home, XDG_RUNTIME_DIR: home, GDK_BACKEND: 'x11',
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1', NO_AT_BRIDGE: '1' };
  const driver = spawn('WebKitWebDriver', [`--port=${port}`], { env: environment, stdio: 'ignore' });
  const base = `http://127.0.0.1:${port}`;
  const id = await newSession(base, driver);
  await command(base, 'POST', `/session/${id}/timeouts`, { script: 120_000, pageLoad: 120_000 });
  return {
    name: 'WebKitGTK',
    goto: (url) => command(base, 'POST', `/session/${id}/url`, { url }),
    run: (body, ...values) =>
      command(base, 'POST', `/session/${id}/execute/async`, {
        script: `const done = arguments[arguments.length - 1];
          Promise.resolve((${body})(...Array.from(arguments).slice(0, -1))).then(done, (e) => done({ failed: String(e) }));`,
        args: values,
      }),
    async close() {
      await command(base, 'DELETE', `/session/${id}`).catch(() => undefined);
      await stop(driver);
      await stop(x);
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
