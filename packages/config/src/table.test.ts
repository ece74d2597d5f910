import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { defaultOf, isSetting, part, type SettingName, settings } from './index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const names = Object.keys(settings) as SettingName[];
/** Of the machine, of Node.js or of vitest, and none of ours. */
const foreign = ['PATH', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'];

/** These make names up. */
const inventive = /^packages\/config\/|bad-input|settings\.test\.ts$/;

/** Programs, scripts and what starts them. */
function sources(): string[] {
  const folders = ['apps', 'packages', 'e2e', 'images'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name),
    ),
  );
  return [...folders, 'vitest.config.ts'].filter(
    (path) =>
      (/\.(ts|tsx|mjs|sh)$/.test(path) || path.startsWith('images/vm/run-')) &&
      !/node_modules|\/dist\//.test(path) &&
      !inventive.test(path),
  );
}

/** Variables that a text names as ours, or reads. */
const variablesIn = (text: string): string[] => [
  ...(text.match(/\bTATAMI_[A-Z][A-Z0-9_]*\b/g) ?? []),
  ...[...text.matchAll(/\bprocess\.env\.([A-Z][A-Z0-9_]*)/g)].map(([, name = '']) => name),
];

const used = new Set(
  sources().flatMap((path) => variablesIn(readFileSync(join(root, path), 'utf8'))),
);

test('every variable that a program reads or sets is in the table', () => {
  expect([...used].filter((name) => !isSetting(name) && !foreign.includes(name))).toEqual([]);
});

test('every setting in the table is read somewhere', () => {
  expect(names.filter((name) => !used.has(name))).toEqual([]);
});

test('a variable that is not in the table is seen', () => {
  expect(
    variablesIn("process.env.TATAMI_PROT ?? env['TATAMI_SEAT'] ?? process.env.UPDATE_IT"),
  ).toEqual(['TATAMI_PROT', 'TATAMI_SEAT', 'TATAMI_PROT', 'UPDATE_IT']);
});

test.each(names.filter((name) => defaultOf(name) !== undefined))(
  '%s: its default, as text, is what it takes',
  (name) => {
    expect(settings[name].schema.parse(String(defaultOf(name)))).toBe(defaultOf(name));
  },
);

test('nobody but this machine is let in unless told', () => {
  expect(defaultOf('TATAMI_HOST')).toBe('127.0.0.1');
  expect(defaultOf('TATAMI_TRUST_PROXY')).toBeUndefined();
  expect(defaultOf('TATAMI_METRICS_TOKEN')).toBeUndefined();
  expect(defaultOf('TATAMI_SOCKET_GROUP')).toBeUndefined();
});

test('each program has its part', () => {
  expect(Object.keys(part('server'))).toContain('TATAMI_PORT');
  expect(Object.keys(part('server'))).not.toContain('TATAMI_SEATS');
  expect(Object.keys(part('runner'))).not.toContain('TATAMI_METRICS_TOKEN');
});

test.each([
  ['TATAMI_PORT', ['1', '65535'], ['eighty', '-1', '65536', '80.5']],
  ['TATAMI_HOST', ['::', '10.0.0.7', 'lab.example'], ['http://lab.example', 'two words']],
  ['TATAMI_PUBLIC_URL', ['https://lab.example'], ['lab.example', 'ftp://lab.example']],
  [
    'TATAMI_TRUST_PROXY',
    ['loopback', '10.0.0.0/8, 192.0.2.1', '2001:db8::/32'],
    ['true', '1', '10.0.0', '10.0.0.0/8,'],
  ],
  ['TATAMI_DATA', ['/srv/tatami'], ['srv/tatami', './data', '~/data']],
  ['TATAMI_SEATS', ['1', '200'], ['0', '-3', 'many', '2.5']],
  ['TATAMI_WARM', ['0'], ['-1']],
  ['TATAMI_LOG_LEVEL', ['silent', 'debug'], ['loud', 'INFO']],
  ['TATAMI_METRICS_TOKEN', ['0123456789abcdef'], ['short']],
] as const)('%s takes what it should', (name, taken, refused) => {
  const { schema } = settings[name];
  expect(taken.filter((text) => !schema.safeParse(text).success)).toEqual([]);
  expect(refused.filter((text) => schema.safeParse(text).success)).toEqual([]);
});
