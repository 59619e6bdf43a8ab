// SPDX-License-Identifier: GPL-3.0-or-later
/* Runs every *_test.mjs beside it, or those named, one after another, and ends with
 * "N passed, N failed". See support/target.mjs for what they run against. */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const named = process.argv.slice(2);
const files = (await readdir(here)).filter((name) => name.endsWith('_test.mjs') && (named.length === 0 || named.includes(name)));

/** Runs one file; resolves with its counts and whether it ended well. */
function run(file) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(here, file)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (part) => {
      output += part;
      process.stdout.write(part);
    });
    child.on('close', (code) => {
      const count = (word) => Number(new RegExp(`^[#ℹ] ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
      resolve({ passed: count('pass'), failed: count('fail') + count('cancelled'), code });
    });
  });
}

let passed = 0;
let failed = 0;
for (const file of files) {
  const result = await run(file);
  passed += result.passed;
  /* a file that dies before it can count has failed */
  failed += result.code !== 0 && result.failed === 0 ? 1 : result.failed;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
