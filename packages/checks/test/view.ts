import type { KernelView, NamespaceKind, ProcessView, Reason } from '@tatami/protocol';

/** The machine's namespaces in every view made here. */
export const machineNs: Record<NamespaceKind, number> = {
  pid: 100,
  mnt: 101,
  net: 102,
  uts: 103,
  ipc: 104,
  user: 105,
  cgroup: 106,
  time: 107,
};

type Mounts = { target: string; type: string; dev: string }[];
const root: Mounts = [{ target: '/', type: 'overlay', dev: '0:50' }];

/** The machine's mounts: a root and a /proc. */
export const machineMounts: Mounts = [...root, { target: '/proc', type: 'proc', dev: '0:51' }];

/** Mounts as `--mount-proc` leaves them: the copied /proc with another on top. */
export const ownProcMounts: Mounts = [
  ...machineMounts,
  { target: '/proc', type: 'proc', dev: '0:60' },
];

/** The tmpfs of the lesson. */
export const myroot = { target: '/tmp/myroot', type: 'tmpfs', dev: '0:61' };

/** A reason's parameters without the process that it points at on the map. */
export const paramsOf = ({ params: { process: _, ...params } }: Reason): Reason['params'] => params;

type ProcessChange = Partial<Omit<ProcessView, 'ns'>> & { ns?: Partial<ProcessView['ns']> };

/** A login shell on a terminal, changed as told; `pidForChildren` follows its pid namespace. */
export function shell(pid: number, { ns, ...change }: ProcessChange = {}): ProcessView {
  const namespaces = { ...machineNs, ...ns };
  return {
    pid,
    parent: 1000,
    pids: [pid - 1000],
    comm: 'bash',
    exe: '/usr/bin/bash',
    argv: ['bash'],
    shell: true,
    program: 'bash',
    tty: true,
    group: pid,
    session: pid,
    foreground: 0,
    state: 'S',
    uid: 1000,
    startTicks: pid,
    ns: namespaces,
    pidForChildren: namespaces.pid,
    timeForChildren: namespaces.time,
    ...change,
  };
}

/** Something that is no shell. */
export const other = (pid: number, change: ProcessChange = {}): ProcessView =>
  shell(pid, { comm: 'sleep', exe: '/usr/bin/sleep', shell: false, program: 'sleep', ...change });

interface Entries {
  mounts?: Record<number, Mounts>;
  hostnames?: Record<number, string>;
  shm?: Record<number, number[]>;
}

const byInode = <T>(entries: Record<number, T>): Map<number, T> =>
  new Map(Object.entries(entries).map(([inode, value]) => [Number(inode), value]));

/** A view of these processes; entries are added to the machine's own, or replace them. */
export function view(processes: ProcessView[], entries: Entries = {}): KernelView {
  const machine = shell(1000, {
    uid: 0,
    parent: 0,
    pids: [1],
    exe: '/init',
    shell: false,
    tty: false,
  });
  return {
    at: 0,
    machine,
    processes,
    zombies: [],
    mounts: byInode({ [machineNs.mnt]: machineMounts, ...entries.mounts }),
    hostnames: byInode({ [machineNs.uts]: 'tatami', ...entries.hostnames }),
    shm: byInode({ [machineNs.ipc]: [], ...entries.shm }),
    pinned: [],
    sockets: new Map(),
    cut: false,
    history: { commands: [], lost: 0 },
    answers: new Map(),
    goneTargets: new Map(),
    heldSockets: new Map(),
    faultFacts: new Map(),
  };
}
