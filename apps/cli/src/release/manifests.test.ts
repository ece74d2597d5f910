import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { entryOf } from './changelog.ts';
import { manifestFaults, manifestsOf, versionOf } from './manifests.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A copy of this clone's manifests, one of whose files is changed. */
function copyWith(path: string, change: (text: string) => string): string {
  const copy = mkdtempSync(join(tmpdir(), 'tatami-manifests-'));
  folders.push(copy);
  const manifests = [...manifestsOf(root).keys()].map((folder) => join(folder, 'package.json'));
  for (const name of [...manifests, 'package-lock.json', 'packages/protocol/src/version.ts']) {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    cpSync(join(root, name), join(copy, name));
  }
  const before = readFileSync(join(copy, path), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(join(copy, path), after);
  return copy;
}

test('manifests and lock file are one version under one licence', () => {
  expect(manifestFaults(root)).toEqual([]);
  expect([...manifestsOf(root).keys()]).toContain('packages/protocol');
});

const version = versionOf(root);

test.each([
  [
    'packages/report/package.json',
    (text: string) => text.replace(`"${version}"`, '"9.9.9"'),
    `packages/report/package.json has version 9.9.9, not ${version}`,
  ],
  [
    'apps/server/package.json',
    (text: string) => text.replace('"Apache-2.0"', '"MIT"'),
    'apps/server/package.json has licence MIT, not Apache-2.0',
  ],
  [
    'packages/checks/package.json',
    (text: string) => text.replace('"private": true,', ''),
    'packages/checks/package.json is not private: npm could publish it as it is',
  ],
  [
    'packages/report/package.json',
    (text: string) => text.replace('"@tatami/protocol"', '"@tatami/sandbox"'),
    'packages/report/package.json is for others and depends on @tatami/sandbox, which is not',
  ],
  [
    'packages/protocol/src/version.ts',
    (text: string) => text.replace(version, '9.9.9'),
    `packages/protocol/src/version.ts says 9.9.9, not ${version}`,
  ],
  [
    'package-lock.json',
    (text: string) =>
      text.replace(
        /"node_modules\/zod": \{\n/,
        '"node_modules/zod": {\n"resolved": "https://mirror.test/zod.tgz",\n',
      ),
    'package-lock.json fetches node_modules/zod from https://mirror.test/zod.tgz',
  ],
  [
    'package-lock.json',
    (text: string) => text.replace(/("name": "@tatami\/web",\s+"version": )"[^"]+"/, '$1"9.9.9"'),
    `package-lock.json has apps/web not at version ${version}`,
  ],
])('in %s a change is seen', (path, change, fault) => {
  expect(manifestFaults(copyWith(path, change))).toEqual([fault]);
});

const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');

test('the changelog has what comes next, and versions in order', () => {
  const headings = [...changelog.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings[0]).toBe('[Unreleased]');
  const versions = headings
    .slice(1)
    .map((heading) => /^\[(\d+\.\d+\.\d+)\] - /.exec(heading ?? '')?.[1]);
  expect(versions).toEqual(
    versions.toSorted((a, b) => (b ?? '').localeCompare(a ?? '', 'en', { numeric: true })),
  );
  for (const each of versions) expect(entryOf(changelog, each ?? '')).toMatch(/^- /m);
});

test.each([
  [
    '## [1.2.0] - 2030-01-31\n\n### Added\n\n- A.\n\n## [1.1.0] - 2029-01-31\n',
    '### Added\n\n- A.',
  ],
  ['## [1.2.0] - 2030-01-31\n\n## [1.1.0] - 2029-01-31\n\n- B.\n', null],
  ['## [1.2.0]\n\n- A.\n', null],
  ['## [Unreleased]\n\n- A.\n', null],
  ['## [11.2.0] - 2030-01-31\n\n- A.\n', null],
])('the entry of 1.2.0 in %j', (text, entry) => {
  expect(entryOf(`# Changelog\n\n${text}`, '1.2.0')).toBe(entry);
});
