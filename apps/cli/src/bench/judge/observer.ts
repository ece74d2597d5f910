import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostProcesses, pssBytes } from '../host-traces.ts';

const mebibyte = 1024 * 1024;
/** sysconf(_SC_CLK_TCK), the unit of proc_pid_stat(5), on every architecture of Debian. */
const ticksPerSecond = 100;
const bpfStats = '/proc/sys/kernel/bpf_stats_enabled';

/** Everything that observes sandboxes: the runner, the event stream's loader, the probe. */
export interface Observer {
  runner: number;
  loader: number;
  probe: number;
}

/** @throws when the runner has no loader of kernel programs or no probe: there is nothing to measure then. */
export async function findObserver(runner: number): Promise<Observer> {
  const children = (await hostProcesses()).filter(({ parent }) => parent === runner);
  const pidOf = (what: string, is: (command: string) => boolean): number => {
    const found = children.find(({ command }) => is(command));
    if (!found) throw new Error(`the runner has no ${what}`);
    return found.pid;
  };
  return {
    runner,
    loader: pidOf(
      'event loader',
      (command) => command.split('\0')[0]?.endsWith('tatami-events') ?? false,
    ),
    probe: pidOf('probe', (command) => command.split('\0')[1] === 'probe'),
  };
}

/** Seconds of processor that each of them has used, in user and in system mode. */
export async function cpuSeconds(observer: Observer): Promise<Observer> {
  const of = async (pid: number) => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  };
  return each(observer, of);
}

/** Proportional set size of each of them in MiB. */
export const residentMiB = (observer: Observer): Promise<Observer> =>
  each(observer, async (pid) => (await pssBytes(pid)) / mebibyte);

/** Memory of the loader's kernel programs and maps in MiB, the ring buffer included. */
export async function kernelMiB({ loader }: Observer): Promise<number> {
  const bytes = (await fdInfo(loader)).map(({ memlock = 0 }) => memlock);
  return bytes.reduce((a, b) => a + b, 0) / mebibyte;
}

/** What the kernel programs ran since they were loaded, counted only while {@link withKernelStats} is on. */
export async function kernelProgramSeconds({ loader }: Observer): Promise<number> {
  const times = (await fdInfo(loader)).map(({ run_time_ns: ns = 0 }) => ns);
  return times.reduce((a, b) => a + b, 0) / 1e9;
}

/** Has the kernel time its BPF programs meanwhile, where it can, and sets that back. */
export async function withKernelStats<T>(action: () => Promise<T>): Promise<T> {
  const before = await readFile(bpfStats, 'utf8').catch(() => null);
  if (before === null) return action();
  await writeFile(bpfStats, '1');
  try {
    return await action();
  } finally {
    await writeFile(bpfStats, before);
  }
}

async function each(
  { runner, loader, probe }: Observer,
  of: (pid: number) => Promise<number>,
): Promise<Observer> {
  return { runner: await of(runner), loader: await of(loader), probe: await of(probe) };
}

/** The numbers in fdinfo of each descriptor (proc_pid_fdinfo(5)). */
async function fdInfo(pid: number): Promise<Record<string, number>[]> {
  const folder = `/proc/${pid}/fdinfo`;
  const texts = await Promise.all(
    (await readdir(folder)).map((fd) => readFile(`${folder}/${fd}`, 'utf8').catch(() => '')),
  );
  return texts.map((text) =>
    Object.fromEntries(
      [...text.matchAll(/^(\w+):\s*(\d+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
    ),
  );
}
