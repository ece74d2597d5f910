import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { candidateIn } from './candidate.ts';

let repository: string;
const git = (...args: string[]) => execFileSync('git', args, { cwd: repository }).toString().trim();

function write(path: string, text: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}

function commit(): void {
  git('add', '.');
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.test'];
  git(...author, 'commit', '--quiet', '--message', 'Change');
}

/** A clone of one workspace, at version 1.2.3. */
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'tatami-candidate-'));
  const manifest = { name: 'small', version: '1.2.3', license: 'Apache-2.0', private: true };
  write('package.json', JSON.stringify(manifest));
  write('package-lock.json', JSON.stringify({ packages: { '': { version: '1.2.3' } } }));
  write('packages/protocol/src/version.ts', "export const version = '1.2.3';\n");
  write('CHANGELOG.md', '# Changelog\n\n## [1.2.3] - 2030-01-31\n\n- It begins.\n');
  git('init', '--quiet');
  commit();
});
afterEach(() => {
  rmSync(repository, { recursive: true });
});

test('a clean clone with an entry in its changelog may be released', async () => {
  expect(await candidateIn(repository)).toEqual({
    repository,
    version: '1.2.3',
    commit: git('rev-parse', 'HEAD'),
    epochS: Number(git('show', '--no-patch', '--format=%ct')),
  });
});

test.each([
  ['a changed file', () => write('CHANGELOG.md', 'x'), /no commit holds 1 .*\n M CHANGELOG\.md$/],
  ['a file that git does not know', () => write('notes', 'x'), /no commit holds 1 .*\n\?\? notes$/],
  [
    'a version that the changelog does not have',
    () => {
      write('CHANGELOG.md', '# Changelog\n\n## [Unreleased]\n\n- It begins.\n');
      commit();
    },
    /CHANGELOG\.md says nothing of version 1\.2\.3/,
  ],
  [
    'versions that disagree',
    () => {
      write('packages/protocol/src/version.ts', "export const version = '1.2.4';\n");
      commit();
    },
    /not one version:\n.*says 1\.2\.4, not 1\.2\.3/,
  ],
  ['a version that is released', () => git('tag', 'v1.2.3'), /the tag v1\.2\.3 exists/],
])('%s is refused', async (_, change, sentence) => {
  change();
  await expect(candidateIn(repository)).rejects.toThrow(sentence);
});

test('a folder that is no clone is refused', async () => {
  rmSync(join(repository, '.git'), { recursive: true });
  await expect(candidateIn(repository)).rejects.toThrow('a release is made from a clone');
});
