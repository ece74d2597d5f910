import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cause, CloseReason, closeCodes, errorTable, ValueFact } from '@tatami/protocol';
import { expect, it } from 'vitest';
import en from './en.ts';
import ja from './ja.ts';
import zh from './zh-CN.ts';

const packages = join(import.meta.dirname, '../../../../packages');

/** The TypeScript below a folder, tests and texts left out. */
const sourcesOf = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|i18n/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');

const web = sourcesOf(join(import.meta.dirname, '..'));
const checks = sourcesOf(join(packages, 'checks/src'));
const protocol = sourcesOf(join(packages, 'protocol/src'));
const server = sourcesOf(join(import.meta.dirname, '../../../server/src'));

it('has the same keys in every language', () => {
  expect(Object.keys(ja)).toEqual(Object.keys(en));
  expect(Object.keys(zh)).toEqual(Object.keys(en));
});
it('has a text for every error, close code, close reason, cause and value', () => {
  const keys = [
    ...Object.keys(errorTable).map((code) => `error.${code}`),
    ...Object.values(closeCodes).map((code) => `close.${code}`),
    ...CloseReason.options.map((reason) => `closed.${reason}`),
    ...Cause.options.flatMap((cause) => [`cause.${cause}`, `causeValue.${cause}`]),
    ...ValueFact.options.flatMap((fact) => [`factValue.${fact}`, `reason.answer-${fact}`]),
  ];
  expect(keys.filter((key) => !(key in en))).toEqual([]);
});

it('has a text for every reason and fact of the checks', () => {
  const quoted = (text: string) =>
    [...text.matchAll(/'([a-z]+(?:-[a-z]+)*)'/g)].map(([, key]) => key);
  const reasons = [...checks.matchAll(/un(?:met|seen)\(([^{)]*)/g)].flatMap(([, inside = '']) =>
    quoted(inside),
  );
  const facts = [...checks.matchAll(/name: '([a-z-]+)', value/g)].map(([, name]) => name);
  expect(reasons.length).toBeGreaterThan(40);
  expect(facts.length).toBeGreaterThan(5);
  const keys = [...reasons.map((key) => `reason.${key}`), ...facts.map((name) => `fact.${name}`)];
  expect(keys.filter((key) => !(key in en))).toEqual([]);
});

it('has no text that nothing shows, and lacks none that is shown by its name', () => {
  const sources = web + checks + protocol + server;
  const tabled = [...Object.keys(errorTable), ...Object.values(closeCodes).map(String)];
  const written = (pattern: RegExp) =>
    new Set([...sources.matchAll(pattern)].map(([, text = '']) => text));
  const whole = written(/(?<=')([\w.-]*)'/g);
  const begun = written(/(?<=`)([\w.-]*)\$\{/g);
  // Either the whole of it is written somewhere, or the rest of a template such as `fact.${name}`.
  const isShown = (key: string): boolean =>
    whole.has(key) ||
    tabled.includes(key) ||
    [...key].some((_, at) => begun.has(key.slice(0, at + 1)) && isShown(key.slice(at + 1)));
  expect(Object.keys(en).filter((key) => !isShown(key))).toEqual([]);
  const named = [...web.matchAll(/\bt\('([^']+)'/g)].map(([, key = '']) => key);
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((key) => !(key in en))).toEqual([]);
});
