import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { licenceFaults } from './licences.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test('what the program runs with fits Apache-2.0', () => {
  expect(licenceFaults(root)).toEqual([]);
});

/** What is said of a clone whose lock file has this one package. */
function faultsWith(locked: object, installed?: object): string[] {
  const clone = mkdtempSync(join(tmpdir(), 'tatami-licences-'));
  folders.push(clone);
  const path = 'node_modules/left';
  writeFileSync(
    join(clone, 'package-lock.json'),
    JSON.stringify({ packages: { '': { license: 'None of ours' }, [path]: locked } }),
  );
  if (installed) {
    mkdirSync(join(clone, path), { recursive: true });
    writeFileSync(join(clone, path, 'package.json'), JSON.stringify(installed));
  }
  return licenceFaults(clone);
}

test.each([['MIT'], ['(MIT OR GPL-3.0-only)'], ['GPL-2.0-only OR Apache-2.0']])(
  '%s fits',
  (license) => {
    expect(faultsWith({ license })).toEqual([]);
  },
);

test.each([
  ['GPL-3.0-only'],
  ['MIT AND GPL-3.0-only'],
  ['(MIT OR ISC) AND GPL-3.0-only'],
  ['SEE LICENSE IN LICENSE'],
])('%s does not', (license) => {
  expect(faultsWith({ license })).toEqual([`node_modules/left is under ${license}`]);
});

test('a package without a licence is refused, one for development is not looked at', () => {
  expect(faultsWith({})).toEqual(['node_modules/left states no licence']);
  expect(faultsWith({ license: 'GPL-3.0-only', dev: true })).toEqual([]);
});

test('the lock file does not say otherwise than the package', () => {
  expect(faultsWith({ license: 'MIT' }, { license: { type: 'MIT' } })).toEqual([]);
  expect(faultsWith({ license: 'MIT' }, { license: 'AGPL-3.0-only' })).toEqual([
    'node_modules/left is under AGPL-3.0-only, and the lock file says MIT',
  ]);
});
