import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configurationPage } from '../test/configuration-page.ts';

const page = new URL('../../../docs/configuration.md', import.meta.url);

/** The page with its tables' padding taken out: the formatter aligns the columns. */
const read = () => readFileSync(page, 'utf8').replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---');

test('docs/configuration.md is what the tables of settings and exit codes say', () => {
  if (process.env.UPDATE_DOCS) writeFileSync(page, configurationPage());
  expect(read()).toBe(configurationPage().replaceAll(/ +\|/g, ' |'));
});
