import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { lstat, mkdir, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Candidate } from './candidate.ts';
import { tool } from './tool.ts';

/** Archives a commit's files below one folder, with the commit's time and the same modes under any umask. */
export async function archiveSources(candidate: Candidate, file: string): Promise<void> {
  const { repository, commit, version } = candidate;
  const settings = ['-c', 'tar.umask=0022', '-c', 'core.autocrlf=false'];
  const archive = ['archive', '--format=tar', `--prefix=tatami-${version}/`, commit];
  const git = spawn('git', [...settings, ...archive], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [[code]] = await Promise.all([
    once(git, 'exit'),
    pipeline(git.stdout, createGzip({ level: 9 }), createWriteStream(file)),
  ]);
  if (code !== 0) throw new Error(`git archive exits ${code}`);
}

/** Unpacks an archive without its one top folder. */
export async function unpack(file: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  await tool('tar', ['-xzf', file, '-C', into, '--strip-components=1'], { cwd: into });
}

/** Where a folder is not what a commit holds: a file too few, too many or another, or not executable as there. */
export async function sourceFaults(candidate: Candidate, folder: string): Promise<string[]> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', candidate.commit];
  const listing = await tool('git', args, { cwd: candidate.repository });
  const wanted = new Map(
    listing
      .split('\0')
      .filter(Boolean)
      .map((line) => {
        const [, mode = '', blob = '', path = ''] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
        return [path, `${mode} ${blob}`];
      }),
  );
  const found = await filesOf(folder);
  const faults = [...wanted.keys()].filter((path) => !found.includes(path));
  const missing = faults.map((path) => `${path} is missing`);
  for (const path of found)
    if (!wanted.has(path)) missing.push(`${path} is not in the commit`);
    else if ((await asListed(join(folder, path))) !== wanted.get(path))
      missing.push(`${path} is not as in the commit`);
  return missing;
}

/** All files below a folder, by their paths from there. */
export async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Mode and id of a regular file as git lists them. */
async function asListed(path: string): Promise<string> {
  const about = await lstat(path);
  const content = await readFile(path);
  const id = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  return `${about.mode & 0o100 ? '100755' : '100644'} ${id}`;
}
