import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { changed, type Member, membersOf } from './archive-reader.ts';
import type { Manifest } from './manifest.ts';
import { recordingsFolder } from './sources.ts';

/** Unpacks what a manifest lists into a new folder, and holds each file to its digest once more. */
export async function unpack(archive: string, manifest: Manifest, dir: string): Promise<void> {
  const wanted = new Map(manifest.files.map(({ path, sha256 }) => [path, sha256]));
  for (const folder of ['server', recordingsFolder])
    await mkdir(join(dir, folder), { recursive: true, mode: 0o700 });
  for await (const member of membersOf(archive)) {
    const sha256 = wanted.get(member.path);
    // Only names that were checked become paths.
    if (sha256 === undefined) continue;
    wanted.delete(member.path);
    if ((await write(member, join(dir, member.path))) !== sha256) throw changed(member.path);
  }
  const [missing] = wanted.keys();
  if (missing !== undefined) throw changed(missing);
  await promisify(execFile)('sync', ['--file-system', dir]);
}

/** @returns the digest of what was written. */
async function write({ content, modifiedAt }: Member, path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    // By it the runner tells which recordings are old.
    await file.utimes(modifiedAt, modifiedAt);
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
