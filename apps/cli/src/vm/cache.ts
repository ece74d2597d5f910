import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { cacheDir, cloneRoot } from '../paths.ts';
import { UserError } from '../user-error.ts';

export const buildTimeoutMs = 1_800_000;
const parent = join(cacheDir, 'vm');

/** Makes an ext4 image of a folder, by which its file system can be found if it has a label. */
export async function makeDisk(folder: string, image: string, label = ''): Promise<void> {
  const script = join(cloneRoot, 'images/vm/make-disk.sh');
  await mustRun(script, [folder, image, label], { timeoutMs: buildTimeoutMs });
}

/** The folder `name` of the cache, built unless it is there; other builds of the same kind go. */
export async function cached(
  name: string,
  what: string,
  build: (dir: string) => Promise<void>,
): Promise<string> {
  const dir = join(parent, name);
  if (existsSync(dir)) return dir;
  await mkdir(parent, { recursive: true });
  const kind = name.slice(0, name.indexOf('-') + 1);
  for (const other of await readdir(parent))
    if (other.startsWith(kind)) await rm(join(parent, other), { recursive: true, force: true });
  const unfinished = `${dir}.${process.pid}`;
  await mkdir(unfinished);
  process.stderr.write(`Building ${what} ...\n`);
  const started = Date.now();
  try {
    await build(unfinished);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    throw new UserError(`building ${what} failed: ${(cause as Error).message}`, { cause });
  }
  await rename(unfinished, dir);
  process.stderr.write(`Built in ${Math.round((Date.now() - started) / 1000)} s.\n`);
  return dir;
}

/** Lends a folder of this process, in the place of those that ended processes left. Not in /tmp: that may be a tmpfs. */
export async function withRunFolder<T>(use: (dir: string) => Promise<T>): Promise<T> {
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    const [, pid] = name.match(/^run-(\d+)$/) ?? [];
    if (pid && !existsSync(`/proc/${pid}`)) await rm(join(parent, name), { recursive: true });
  }
  const dir = join(parent, `run-${process.pid}`);
  await mkdir(dir);
  try {
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
