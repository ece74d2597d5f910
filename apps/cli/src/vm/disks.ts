import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { cacheDir, cloneRoot } from '../paths.ts';
import { debianSources, hashFolder } from '../prepare/image.ts';
import { UserError } from '../user-error.ts';

const scripts = join(cloneRoot, 'images/vm');
const buildTimeoutMs = 900_000;

/** What the virtual machine boots from. */
export interface Disks {
  kernel: string;
  /** Debian's own root filesystem. */
  guest: string;
  /** The learner's root filesystem, owners kept. */
  learner: string;
}

/**
 * Builds the disks that change seldom, once per content of images/vm and of the learner's root.
 * @throws UserError when they cannot be built.
 */
export async function prepareDisks(learnerRoot: string): Promise<Disks> {
  const guest = await cached(
    `guest-${await hashFolder(scripts)}`,
    'the virtual machine (Debian 12 with its own kernel, under a minute)',
    async (dir) => {
      const sources = join(dir, 'sources.list');
      await writeFile(sources, await debianSources());
      await mustRun(join(scripts, 'build.sh'), [sources, dir], { timeoutMs: buildTimeoutMs });
    },
  );
  const learner = await cached(
    `learner-${basename(dirname(learnerRoot))}`,
    "the disk of the learner's root filesystem",
    async (dir) => {
      await mustRun(join(scripts, 'make-disk.sh'), [learnerRoot, join(dir, 'learner.ext4')], {
        timeoutMs: buildTimeoutMs,
      });
    },
  );
  return {
    kernel: join(guest, 'vmlinuz'),
    guest: join(guest, 'guest.ext4'),
    learner: join(learner, 'learner.ext4'),
  };
}

/** Copies the clone with its packages, and this Node.js, to a disk in `dir`. @returns its path. */
export async function makeWorkDisk(dir: string): Promise<string> {
  const image = join(dir, 'work.ext4');
  const scratch = join(dir, 'work');
  await mustRun(join(scripts, 'make-work-disk.sh'), [cloneRoot, process.execPath, scratch, image], {
    timeoutMs: buildTimeoutMs,
  });
  return image;
}

/** The folder `name` of the cache, built unless it is there; other builds of the same kind go. */
async function cached(
  name: string,
  what: string,
  build: (dir: string) => Promise<void>,
): Promise<string> {
  const parent = join(cacheDir, 'vm');
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
