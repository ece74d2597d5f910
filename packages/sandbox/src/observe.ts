import { readFileSync, readlinkSync } from 'node:fs';
import type { KernelSnapshot, NamespaceKind, ProcessView } from '@tatami/protocol';
import { unescapeMount } from './mounts.ts';
import type { Probe } from './probe.ts';
import { readProcess } from './processes.ts';
import type { Sandbox } from './sandbox.ts';

const hostUserNamespace = Number(readlinkSync('/proc/self/ns/user').match(/\d+/)?.[0]);

/**
 * Takes one picture of a sandbox for all of its checks: /proc of the processes in its cgroup, and per
 * namespace the mounts, host name and shared memory. Spawns nothing.
 * @returns null when PID 1 is gone.
 */
export async function observe(
  sandbox: Sandbox,
  probe: Probe,
  isShell: (exe: string) => boolean,
): Promise<KernelSnapshot | null> {
  const pids = await sandbox.cgroups.pids();
  if (!pids.includes(sandbox.initPid)) return null;
  const depth = pidNamespaceDepth(sandbox.initPid);
  const machine = readProcess(sandbox.initPid, depth, isShell);
  if (!machine) return null;
  const processes: ProcessView[] = [];
  for (const pid of pids) {
    if (pid === machine.pid) continue;
    const process = readProcess(pid, depth, isShell);
    // A process on its way in has joined the cgroup but still stands in the host's namespaces.
    if (process && process.ns.user !== hostUserNamespace) processes.push(process);
  }
  const all = [machine, ...processes];
  const answers = await probe.look({
    uts: onePerNamespace(all, 'uts'),
    ipc: onePerNamespace(all, 'ipc'),
  });
  return {
    at: Date.now(),
    machine,
    processes,
    mounts: readMounts(all),
    sockets: new Map(),
    hostnames: new Map(
      answers.uts.filter((a) => a !== null).map(({ inode, value }) => [inode, value]),
    ),
    shm: new Map(answers.ipc.filter((a) => a !== null).map(({ inode, value }) => [inode, value])),
  };
}

/** Pid namespaces above the one whose PID 1 `pid` is, counted from this process's own. */
function pidNamespaceDepth(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (status.match(/^NSpid:\t(.*)$/m)?.[1]?.split('\t').length ?? 1) - 1;
}

function onePerNamespace(processes: ProcessView[], kind: NamespaceKind): number[] {
  return [...new Map(processes.map((process) => [process.ns[kind], process.pid])).values()];
}

/** Mounts by mount namespace; a namespace whose last process just ended is left out. */
function readMounts(processes: ProcessView[]): KernelSnapshot['mounts'] {
  const mounts: KernelSnapshot['mounts'] = new Map();
  for (const { pid, ns } of processes) {
    if (mounts.has(ns.mnt)) continue;
    try {
      mounts.set(ns.mnt, parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`, 'utf8')));
    } catch (error) {
      if (!['ENOENT', 'EINVAL', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? ''))
        throw error;
    }
  }
  return mounts;
}

/** proc_pid_mountinfo(5): "id parent major:minor root target options... - type source options". */
export function parseMountinfo(text: string): { target: string; type: string; dev: string }[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [left = '', right = ''] = line.split(' - ');
      const [, , dev = '', , target = ''] = left.split(' ');
      return { target: unescapeMount(target), type: right.split(' ')[0] ?? '', dev };
    });
}
