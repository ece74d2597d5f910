import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Counts } from '../../test-report.ts';
import { withRunFolder } from '../cache.ts';
import { runMachine } from '../qemu.ts';
import { makeWorkDisk, prepareDisks } from './disks.ts';
import { readReport } from './report.ts';

const append =
  'console=ttyS0 quiet root=/dev/nvme0n1 rw rootwait init=/sbin/tatami-vm-init panic=-1';
const limitMs = 40 * 60_000;

/**
 * Runs the sandbox's kernel tests on cgroup version 2 and Debian 12's own kernel, in a virtual machine.
 * @throws UserError when the machine ended without a report.
 */
export async function runKernelTests(learnerRoot: string): Promise<Counts> {
  const disks = await prepareDisks(learnerRoot);
  return withRunFolder(async (dir) => {
    const report = join(dir, 'report');
    const work = await makeWorkDisk(dir);
    process.stderr.write('Starting the virtual machine of the kernel tests ...\n');
    const end = await runMachine(
      {
        kernel: disks.kernel,
        append,
        disks: [{ file: disks.guest }, { file: disks.learner }, { file: work }],
        secondSerial: { file: report },
        memoryMiB: 2048,
      },
      limitMs,
    );
    return readReport(end, await readFile(report, 'utf8').catch(() => ''));
  });
}
