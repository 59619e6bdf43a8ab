// SPDX-License-Identifier: GPL-3.0-or-later
/* Firefox ESR without a window, by Marionette, the protocol that it speaks itself: Debian has no
 * geckodriver. A message is its length, a colon and JSON: [0, id, command, arguments] there,
 * [1, id, error, result] back. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, freePort, stop } from './processes.mjs';

const settings = (port) => ({
  'marionette.port': port,
  'media.autoplay.default': 0,
  'media.volume_scale': '0.0',
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.reportingpolicy.firstRun': false,
});

class Marionette {
  #socket;
  #rest = Buffer.alloc(0);
  #waiting = new Map();
  #lastId = 0;

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (part) => {
      this.#rest = Buffer.concat([this.#rest, part]);
      while (this.#take());
    });
  }

  /* The greeting and what answers nothing are passed over. */
  #take() {
    const colon = this.#rest.indexOf(':');
    const length = colon < 0 ? NaN : Number(this.#rest.subarray(0, colon));
    if (!(this.#rest.length >= colon + 1 + length)) return false;
    const message = JSON.parse(this.#rest.subarray(colon + 1, colon + 1 + length));
    this.#rest = this.#rest.subarray(colon + 1 + length);
    if (Array.isArray(message)) this.#waiting.get(message[1])?.(message[2], message[3]);
    return true;
  }

  command(name, values = {}) {
    const id = ++this.#lastId;
    const text = Buffer.from(JSON.stringify([0, id, name, values]));
    this.#socket.write(Buffer.concat([Buffer.from(`${text.length}:`), text]));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (error, result) => {
        this.#waiting.delete(id);
        if (error) reject(new Error(`${name}: ${error.error}: ${error.message}`));
        else resolve(result && 'value' in result ? result.value : result);
      });
    });
  }

  end() {
    this.#socket.destroy();
  }
}

async function connectTo(port, child) {
  for (let tries = 0; ; tries++) {
    try {
      return await new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => resolve(socket));
        socket.on('error', reject);
      });
    } catch (error) {
      if (tries >= 600 || ended(child)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Opens a browser with a fresh profile: goto(url), run(function, ...arguments) and close(). */
export async function openFirefox() {
  const profile = await mkdtemp(join(tmpdir(), 'banmai-firefox-'));
  const port = await freePort();
  const lines = Object.entries(settings(port)).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
  await writeFile(join(profile, 'user.js'), lines.join(''));
  const child = spawn('firefox-esr', ['--headless', '--marionette', '--no-remote', '--profile', profile], {
    env: { ...process.env, HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
    stdio: 'ignore',
  });
  const marionette = new Marionette(await connectTo(port, child));
  await marionette.command('WebDriver:NewSession', {});
  await marionette.command('WebDriver:SetTimeouts', { script: 120_000, pageLoad: 120_000 });
  return {
    name: 'Firefox',
    goto: (url) => marionette.command('WebDriver:Navigate', { url }),
    run: (body, ...values) =>
      marionette.command('WebDriver:ExecuteAsyncScript', {
        script: `const done = arguments[arguments.length - 1];
          Promise.resolve((${body})(...Array.from(arguments).slice(0, -1))).then(done, (e) => done({ failed: String(e) }));`,
        args: values,
      }),
    async close() {
      marionette.end();
      await stop(child);
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
