import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { cloneRoot } from '../../paths.ts';
import { debianSources, hashFolder } from '../../prepare/image.ts';
import { buildTimeoutMs, cached, makeDisk } from '../cache.ts';

const scripts = join(cloneRoot, 'images/vm/tests');

/** What the virtual machine of the kernel tests boots from. */
export interface Disks {
  kernel: string;
  /** Debian's own root filesystem. */
  guest: string;
  /** The learner's root filesystem, owners kept. */
  learner: string;
}

/**
 * Builds the disks that change seldom, once per content of images/vm/tests and of the learner's root.
 * @throws UserError when they cannot be built.
 */
export async function prepareDisks(learnerRoot: string): Promise<Disks> {
  const guest = await cached(
    `guest-${await hashFolder(scripts)}`,
    'the virtual machine of the kernel tests (Debian 12 with its own kernel, under a minute)',
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
      await makeDisk(learnerRoot, join(dir, 'learner.ext4'));
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
