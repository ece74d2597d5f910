import type { MountFact, NamespaceKind } from './check-spec.ts';

/** One process of the sandbox as the kernel shows it from outside. */
export interface ProcessView {
  /** Process id in the host's pid namespace. */
  pid: number;
  /** Parent in the host's pid namespace; outside the sandbox it is 0. */
  parent: number;
  /** Process ids from the sandbox's own pid namespace inwards; the first is what the learner sees (NSpid). */
  pids: number[];
  /** Name, at most 15 bytes, settable by the learner: for showing only. */
  comm: string;
  /** Path of the executable's inode as /proc/PID/exe shows it. */
  exe: string;
  /** The executable is one of the machine's own shells, by device and inode of the root filesystem. */
  shell: boolean;
  /** It has a controlling terminal. */
  tty: boolean;
  /** Namespace inodes. */
  ns: Record<NamespaceKind, number>;
  /** Inode of pid_for_children; null: unshared, but no child was born yet (or the namespace is dead). */
  pidForChildren: number | null;
}

/** What can only be known per namespace, keyed by the namespace's inode. */
export interface KernelView {
  /** When it was taken, ms since the epoch. */
  at: number;
  /** The machine: the sandbox's PID 1. */
  machine: ProcessView;
  processes: ProcessView[];
  /** mountinfo by mount namespace inode. `dev` is major:minor. */
  mounts: Map<number, (MountFact & { dev: string })[]>;
  /** Host name by uts namespace inode. */
  hostnames: Map<number, string>;
  /** Sizes in bytes of System V shared memory segments by ipc namespace inode. */
  shm: Map<number, number[]>;
}
