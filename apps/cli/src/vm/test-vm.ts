import { judge, report, say } from '../bench/targets.ts';
import { installDebianPackages } from '../prepare/debian.ts';
import { prepareImage } from '../prepare/image.ts';
import { printTotals } from '../test-report.ts';
import { UserError } from '../user-error.ts';
import { bootHost } from './host/boot.ts';
import { prepareInstalledHost } from './host/installed.ts';
import { runKernelTests } from './tests/kernel-tests.ts';
import { vmTargets } from './vm-targets.ts';

/** Debian packages that building and running virtual machines needs. */
const packages = ['qemu-system-x86', 'e2fsprogs', 'patchelf', 'genisoimage'];

/**
 * Installs a whole host in a virtual machine by cloud-init, boots it to a learner's first prompt, and runs the
 * sandbox's kernel tests in another, both on cgroup version 2 and under software emulation.
 * @returns the exit code: 1 when something is not as it must be.
 * @throws UserError when it could not be tried.
 */
export async function runVmTests({ json }: { json: boolean }): Promise<number> {
  if (process.arch !== 'x64')
    throw new UserError(`the virtual machine is one of x86-64; this host is ${process.arch}.`);
  const learnerRoot = await prepareImage();
  await installDebianPackages(packages);
  const booted = await bootHost(await prepareInstalledHost(learnerRoot));
  for (const fault of booted.faults) say(fault);
  const counts = await runKernelTests(learnerRoot);
  const ran = counts.passed + counts.failed;
  if (ran === 0) throw new UserError('no kernel test ran in the virtual machine.');
  const { cgroupVersions, bootToPromptS } = booted;
  const measured = judge(vmTargets, {
    vmBootToPromptS: { measured: bootToPromptS, n: 1 },
    cgroupV2: {
      measured: Number(cgroupVersions.every((version) => version === 2)),
      n: cgroupVersions.length,
    },
    kernelTestsFailed: { measured: counts.failed, n: ran },
  });
  if (json) counts.told.forEach(say);
  else printTotals([counts]);
  const code = report(measured, { json });
  return booted.faults.length > 0 ? 1 : code;
}
