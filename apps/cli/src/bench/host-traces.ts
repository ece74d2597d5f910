import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findSandboxes,
  firstRangeBase,
  mountsBelow,
  SandboxCgroups,
  type SandboxHost,
} from '@tatami/sandbox';

const mebibyte = 1024 * 1024;
const lastRangeEnd = firstRangeBase + 0x1000_0000;

/** A process of the host as /proc tells it; `command` has a zero byte after each argument. */
export interface HostProcess {
  pid: number;
  parent: number;
  uid: number;
  command: string;
  /** Name of the cgroup parent of the runner that it belongs to; null: to none that is known. */
  runner: string | null;
}

/** All that are no zombies. */
export async function hostProcesses(): Promise<HostProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(
    pids.map(async (name) => {
      const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
      const field = (key: string) => Number(status.match(new RegExp(`^${key}:\t(\\d+)`, 'm'))?.[1]);
      // A zombie holds nothing but its number, until its parent gets round to it.
      if (!status || /^State:\tZ/m.test(status)) return null;
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      const cgroups = await readFile(`/proc/${name}/cgroup`, 'utf8').catch(() => '');
      // A terminal's relay stands outside; the cgroups that its child joined are among its arguments.
      const runner = `${cgroups}${command}`.match(/\/(tatami-[0-9a-f]{8})\//)?.[1] ?? null;
      return { pid: Number(name), parent: field('PPid'), uid: field('Uid'), command, runner };
    }),
  );
  return all.filter((process) => process !== null);
}

const inOurRange = ({ uid }: HostProcess) => uid >= firstRangeBase && uid < lastRangeEnd;

/** Host pids of all processes that run as a user of a sandbox, whoever made it. */
export async function rangeProcesses(): Promise<Set<number>> {
  return new Set((await hostProcesses()).filter(inOurRange).map(({ pid }) => pid));
}

/**
 * Names what a stopped runner left: sandboxes, cgroups, mounts, and processes of the uid ranges that
 * were not there before it started.
 */
export async function findLeftovers(host: SandboxHost, before: Set<number>): Promise<string[]> {
  const cgroups = [...host.cgroups.hierarchies]
    .map((root) => join(root, host.cgroups.parent))
    .filter((dir) => existsSync(dir));
  const processes = (await hostProcesses()).filter(
    (process) =>
      inOurRange(process) &&
      !before.has(process.pid) &&
      // Other runners on this machine have theirs.
      [null, host.cgroups.parent].includes(process.runner),
  );
  return [
    ...(await findSandboxes(host)).map((id) => `sandbox ${id}`),
    ...cgroups.map((dir) => `cgroup ${dir}`),
    ...(await mountsBelow(host.stateDir)).map((target) => `mount ${target}`),
    ...processes.map(({ pid, uid, command }) => `process ${pid} of ${uid}: ${command}`),
  ];
}

/**
 * Memory of each sandbox in MiB: its cgroup less what the kernel can drop at once, and its share of the
 * processes outside that the runner keeps for sandboxes (proportional set size). The runner and its
 * probe, of which there is one however many sandboxes run, do not count.
 */
export async function idleMiB(
  host: SandboxHost,
  runnerPid: number,
  ids: string[],
): Promise<number[]> {
  const cgroups = ids.map((id) => new SandboxCgroups(host.cgroups, id));
  const inside = new Set((await Promise.all(cgroups.map((cgroup) => cgroup.pids()))).flat());
  const processes = await hostProcesses();
  const below = descendants(processes, runnerPid).filter(
    ({ pid, command }) => !inside.has(pid) && !command.includes('\0probe\0'),
  );
  const pss = (await Promise.all(below.map(({ pid }) => pssBytes(pid)))).reduce((a, b) => a + b, 0);
  const own = await Promise.all(cgroups.map((cgroup) => cgroup.memoryBytes()));
  return own.map((bytes) => (bytes + pss / ids.length) / mebibyte);
}

function descendants(processes: HostProcess[], ancestor: number): HostProcess[] {
  const children = processes.filter(({ parent }) => parent === ancestor);
  return [...children, ...children.flatMap(({ pid }) => descendants(processes, pid))];
}

/** Proportional set size (proc_pid_smaps(5)); 0 when it has ended. */
export async function pssBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(text.match(/^Pss: +(\d+) kB/m)?.[1] ?? 0) * 1024;
}
