// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
/* docs/openapi.yaml is a document of OpenAPI 3.1. What it says is held against the server elsewhere:
 * tests/rules/openapi, tests/integration/contract.py. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';

const text = readFileSync(resolve(__dirname, '../../../docs/openapi.yaml'), 'utf8');

it('is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  expect(await validator.validate(text)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

it('would be told if it were not', async () => {
  const { valid, errors } = await new Validator().validate(text.replace('in: query', 'in: thin air'));
  expect(valid).toBe(false);
  expect(JSON.stringify(errors)).toContain('/parameters/2/in');
});
