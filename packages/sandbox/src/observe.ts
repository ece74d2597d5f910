import type { KernelSnapshot, NamespaceKind, ProcessView, ZombieView } from '@tatami/protocol';
import { type MountTable, MountTables } from './mountinfo.ts';
import { nsOrder } from './namespace-order.ts';
import type { Probe } from './probe.ts';
import type { Programs } from './programs.ts';
import type { Sandbox } from './sandbox.ts';
import {
  pidForChildrenIndex,
  type RawProcess,
  readSnapshot,
  timeForChildrenIndex,
} from './snapshot.ts';
import { socketView } from './sockets.ts';

const tables = new WeakMap<Sandbox, MountTables>();

/**
 * Takes one picture of a sandbox for all of its checks: /proc of the processes in its cgroup, and per
 * namespace the mounts, host name, shared memory and sockets. Spawns nothing.
 * @returns null when PID 1 is gone.
 */
export async function observe(
  sandbox: Sandbox,
  probe: Probe,
  programs: Programs,
): Promise<KernelSnapshot | null> {
  const { membersFile } = sandbox.cgroups;
  if (!membersFile) return null;
  const snapshot = readSnapshot(await probe.snapshot(sandbox.initPid, membersFile));
  const [init] = snapshot.processes;
  if (init?.pid !== sandbox.initPid || init.state === 'Z') return null;
  // Pid namespaces above the machine's, counted from our own.
  const depth = init.pids.length - 1;
  const living = snapshot.processes.filter(({ state }) => state !== 'Z');
  const [machine, ...processes] = living.map((raw) => processView(raw, depth, programs));
  if (!machine) return null;
  const mounts = mountTables(sandbox).read(snapshot.mounts);
  return {
    at: Date.now(),
    machine,
    processes,
    zombies: snapshot.processes
      .filter(({ state }) => state === 'Z')
      .map((raw) => zombieView(raw, depth)),
    mounts: mapValues(mounts, (table) => table.mounts),
    hostnames: snapshot.hostnames,
    shm: snapshot.shm,
    pinned: pinned(mounts),
    sockets: mapValues(snapshot.sockets, (sockets) => sockets.map(socketView)),
    cut: snapshot.cut,
  };
}

function mountTables(sandbox: Sandbox): MountTables {
  const known = tables.get(sandbox) ?? new MountTables();
  tables.set(sandbox, known);
  return known;
}

function pinned(mounts: Map<number, MountTable>): KernelSnapshot['pinned'] {
  return [...mounts].flatMap(([mnt, table]) => table.pinned.map((pin) => ({ ...pin, mnt })));
}

function processView(raw: RawProcess, depth: number, programs: Programs): ProcessView {
  const { pid, parent, comm, exe, argv, tty, group, session, foreground, state, uid } = raw;
  return {
    pid,
    parent,
    pids: raw.pids.slice(depth),
    comm,
    exe: exe.path,
    argv,
    shell: programs.isShell(exe),
    program: programs.nameOf(exe),
    tty,
    group,
    session,
    foreground,
    state,
    uid,
    startTicks: raw.startTicks,
    ns: namespaces(raw),
    // None while the process lives: unshared, and no child was born into it (pid_namespaces(7)).
    pidForChildren: raw.ns[pidForChildrenIndex] || null,
    timeForChildren: raw.ns[timeForChildrenIndex] ?? 0,
  };
}

function zombieView(raw: RawProcess, depth: number): ZombieView {
  const { pid, parent, comm, uid, startTicks } = raw;
  const ns = namespaces(raw);
  return {
    ...{ pid, parent, comm, uid, startTicks },
    pids: raw.pids.slice(depth),
    ns: { pid: ns.pid, user: ns.user },
  };
}

const namespaces = ({ ns }: RawProcess): Record<NamespaceKind, number> =>
  Object.fromEntries(nsOrder.map((kind, index) => [kind, ns[index] ?? 0])) as Record<
    NamespaceKind,
    number
  >;

const mapValues = <T, U>(map: Map<number, T>, change: (value: T) => U): Map<number, U> =>
  new Map([...map].map(([key, value]) => [key, change(value)]));
