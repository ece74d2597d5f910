import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Candidate } from './candidate.ts';
import { packFolder } from './packages.ts';
import { archiveSources, sourceFaults, unpack } from './sources.ts';
import { builtTwice } from './twice.ts';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tatami-twice-'));
});
afterEach(() => {
  rmSync(scratch, { recursive: true });
});

/** A repository of two files and a program, and its one commit. */
function smallRepository(): Candidate {
  const repository = join(scratch, 'repository');
  const files = {
    'package-lock.json': '{}',
    'labs/名前空間.md': '# ls\n',
    'bin/run': '#!/bin/sh\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  chmodSync(join(repository, 'bin/run'), 0o755);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository }).toString();
  git('init', '--quiet');
  git('add', '.');
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.test'];
  git(...author, 'commit', '--quiet', '--message', 'Begin');
  const commit = git('rev-parse', 'HEAD').trim();
  return { repository, commit, version: '1.2.3', epochS: 1_700_000_000 };
}

/** Packs a small package whose one file says `text`. */
async function packSmall(folder: string, text: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [source, out] = [join(folder, 'package'), join(folder, 'out')];
  mkdirSync(source);
  mkdirSync(out);
  writeFileSync(join(source, 'package.json'), '{ "name": "small", "version": "1.2.3" }');
  writeFileSync(join(source, 'index.js'), text);
  await packFolder(source, out, { cwd: source, env });
  return out;
}

test('two builds of one commit are the same', async () => {
  const candidate = smallRepository();
  const { differing } = await builtTwice(scratch, async (folder, env) => {
    const out = await packSmall(folder, 'export const one = 1;\n', env);
    await archiveSources(candidate, join(out, 'sources.tgz'));
    return out;
  });
  expect(differing).toEqual([]);
});

test('what a build takes from its clock, folder or time zone is named with its file', async () => {
  const { differing } = await builtTwice(scratch, async (folder, env) => {
    const out = await packSmall(
      folder,
      `export const at = '${folder} ${process.hrtime.bigint()}';\n`,
      env,
    );
    writeFileSync(join(out, 'zone'), env.TZ ?? '');
    writeFileSync(join(out, 'fixed'), 'fixed');
    return out;
  });
  expect(differing).toEqual(['small-1.2.3.tgz: index.js', 'zone']);
});

test('a file that only one build has, and other modes, are named', async () => {
  let builds = 0;
  const { differing } = await builtTwice(scratch, async (folder) => {
    const [source, out] = [join(folder, 'source'), join(folder, 'out')];
    mkdirSync(source);
    mkdirSync(out);
    writeFileSync(join(source, 'a'), 'a');
    // The umask shows in its mode.
    execFileSync('tar', ['-czf', join(out, 'plain.tgz'), '--mtime=@0', '-C', folder, 'source']);
    if (++builds === 2) writeFileSync(join(out, 'stray'), '');
    return out;
  });
  expect(differing).toEqual(['plain.tgz: modes, times or order of its files', 'stray']);
});

test('an archive unpacks to the commit, and what is not in it is named', async () => {
  const candidate = smallRepository();
  const [file, folder] = [join(scratch, 'sources.tgz'), join(scratch, 'unpacked')];
  await archiveSources(candidate, file);
  await unpack(file, folder);
  expect(await sourceFaults(candidate, folder)).toEqual([]);
  rmSync(join(folder, 'package-lock.json'));
  appendFileSync(join(folder, 'labs/名前空間.md'), '\n');
  chmodSync(join(folder, 'bin/run'), 0o644);
  writeFileSync(join(folder, 'more'), '');
  expect((await sourceFaults(candidate, folder)).sort()).toEqual([
    'bin/run is not as in the commit',
    'labs/名前空間.md is not as in the commit',
    'more is not in the commit',
    'package-lock.json is missing',
  ]);
});
