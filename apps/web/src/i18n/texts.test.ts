import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cause, CloseReason, closeCodes, errorTable } from '@tatami/protocol';
import { expect, it } from 'vitest';
import en from './en.ts';
import ja from './ja.ts';
import zh from './zh-CN.ts';

it('has the same keys in every language', () => {
  expect(Object.keys(ja)).toEqual(Object.keys(en));
  expect(Object.keys(zh)).toEqual(Object.keys(en));
});
it('has a text for every error, close code, close reason and cause', () => {
  const keys = [
    ...Object.keys(errorTable).map((code) => `error.${code}`),
    ...Object.values(closeCodes).map((code) => `close.${code}`),
    ...CloseReason.options.map((reason) => `closed.${reason}`),
    ...Cause.options.flatMap((cause) => [`cause.${cause}`, `causeValue.${cause}`]),
  ];
  expect(keys.filter((key) => !(key in en))).toEqual([]);
});

it('has a text for every reason and fact of the checks', () => {
  const folder = join(import.meta.dirname, '../../../../packages/checks/src');
  const sources = readdirSync(folder)
    .filter((name) => !name.includes('.test.'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const quoted = (text: string) =>
    [...text.matchAll(/'([a-z]+(?:-[a-z]+)*)'/g)].map(([, key]) => key);
  const reasons = [...sources.matchAll(/un(?:met|seen)\(([^{)]*)/g)].flatMap(([, inside = '']) =>
    quoted(inside),
  );
  const facts = [...sources.matchAll(/name: '([a-z-]+)', value/g)].map(([, name]) => name);
  expect(reasons.length).toBeGreaterThan(40);
  expect(facts.length).toBeGreaterThan(5);
  const keys = [...reasons.map((key) => `reason.${key}`), ...facts.map((name) => `fact.${name}`)];
  expect(keys.filter((key) => !(key in en))).toEqual([]);
});
