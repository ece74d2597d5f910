import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir } from '../paths.ts';
import { installDebianPackages } from '../prepare/debian.ts';
import { prepareImage } from '../prepare/image.ts';
import { printTotals } from '../test-report.ts';
import { UserError } from '../user-error.ts';
import { makeWorkDisk, prepareDisks } from './disks.ts';
import { runMachine } from './qemu.ts';
import { readReport } from './report.ts';

/** Debian packages that building and running the virtual machine needs. */
const packages = ['qemu-system-x86', 'e2fsprogs', 'patchelf'];
const append =
  'console=ttyS0 quiet root=/dev/nvme0n1 rw rootwait init=/sbin/tatami-vm-init panic=-1';
const limitMs = 20 * 60_000;

/**
 * Runs the sandbox's kernel tests on cgroup version 2 and Debian 12's own kernel, in a virtual machine.
 * @returns the exit code: 1 when a test failed or none ran.
 * @throws UserError when the machine ended without a report.
 */
export async function runVmTests(): Promise<number> {
  if (process.arch !== 'x64')
    throw new UserError(`the virtual machine is one of x86-64; this host is ${process.arch}.`);
  const learnerRoot = await prepareImage();
  await installDebianPackages(packages);
  const disks = await prepareDisks(learnerRoot);
  // Not in /tmp: that may be a tmpfs, and the disk is large.
  const dir = await makeRunFolder();
  try {
    const report = join(dir, 'report');
    const work = await makeWorkDisk(dir);
    process.stderr.write('Starting the virtual machine ...\n');
    const end = await runMachine(
      {
        kernel: disks.kernel,
        append,
        disks: [disks.guest, disks.learner, work],
        report,
        memoryMiB: 2048,
      },
      limitMs,
    );
    return printTotals([readReport(end, await readFile(report, 'utf8').catch(() => ''))]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A folder of this process, in the place of those that ended processes left. */
async function makeRunFolder(): Promise<string> {
  const parent = join(cacheDir, 'vm');
  for (const name of await readdir(parent)) {
    const [, pid] = name.match(/^run-(\d+)$/) ?? [];
    if (pid && !existsSync(`/proc/${pid}`)) await rm(join(parent, name), { recursive: true });
  }
  const dir = join(parent, `run-${process.pid}`);
  await mkdir(dir);
  return dir;
}
