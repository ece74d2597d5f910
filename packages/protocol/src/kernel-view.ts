import type { Answer, MountFact, NamespaceKind } from './check-spec.ts';

/** One process of the sandbox as the kernel shows it from outside. */
export interface ProcessView {
  /** Process id in the host's pid namespace. */
  pid: number;
  /** Parent in the host's pid namespace; outside the sandbox it is 0. */
  parent: number;
  /** Process ids from the sandbox's own pid namespace inwards; the first is what the learner sees (NSpid). */
  pids: number[];
  /** User id on the host. */
  uid: number;
  /** State letter of proc_pid_stat(5): R, S, D, T, t, ... */
  state: string;
  /** Name, at most 15 bytes, settable by the learner: for showing only. */
  comm: string;
  /** Path of the executable's inode as /proc/PID/exe shows it. */
  exe: string;
  /** The executable is one of the machine's own shells, by device and inode of the root filesystem. */
  shell: boolean;
  /** Name of the program of the machine that it executes, recognised by its file; null for any other. */
  program: string | null;
  /** Arguments, settable by the learner, at most 1 KiB of them. */
  argv: string[];
  /** It has a controlling terminal. */
  tty: boolean;
  /** Namespace inodes. */
  ns: Record<NamespaceKind, number>;
  /** Inode of pid_for_children; null: unshared, but no child was born yet (or the namespace is dead). */
  pidForChildren: number | null;
}

/** One picture of a sandbox. What can only be known per namespace is keyed by the namespace's inode. */
export interface KernelSnapshot {
  /** When it was taken, ms since the epoch. */
  at: number;
  /** The machine: the sandbox's PID 1. */
  machine: ProcessView;
  processes: ProcessView[];
  /** mountinfo by mount namespace inode. `dev` is major:minor. */
  mounts: Map<number, (MountFact & { dev: string })[]>;
  /** Host name by uts namespace inode. */
  hostnames: Map<number, string>;
  /** TCP sockets by net namespace inode, of namespaces other than the machine's. */
  sockets: Map<number, SocketView[]>;
  /** Sizes in bytes of System V shared memory segments by ipc namespace inode. */
  shm: Map<number, number[]>;
}

/** All that a check may look at: a picture, what led to it, and what the learner typed. */
export interface KernelView extends KernelSnapshot {
  /** What was executed since the step began; null: nobody saw it. */
  history: HistoryView | null;
  /** What the learner typed, by check. */
  answers: Map<string, Answer>;
  /** Values that prove a fault, read when the step was opened, by check; absent: could not be read. */
  faultFacts: Map<string, string[]>;
}

/** A TCP socket (proc_net_tcp). */
export interface SocketView {
  /** ADDRESS:PORT, IPv6 addresses in brackets. */
  local: string;
  remote: string;
  state: 'established' | 'syn-sent' | 'listen' | 'other';
}

/** A program that a process executed, from its exec to its end or to the next exec. */
export interface CommandView {
  /** Of the event stream: earlier is smaller. */
  seq: number;
  /** ms since the epoch. */
  at: number;
  pid: number;
  parent: number;
  pids: number[];
  uid: number;
  tty: boolean;
  /** Empty: a process that the shell made for a program it did not find; it ended with 126 or 127. */
  argv: string[];
  /** Path given to execve(2). */
  file: string;
  /** Name of the program of the machine, recognised by its file; null for any other. */
  program: string | null;
  /** Namespaces at its exec. */
  ns: Record<NamespaceKind, number>;
  pidForChildren: number;
  /** Kinds entered by setns(2) before its exec or in it, by the process or by those it descends from. */
  entered: NamespaceKind[];
  /** Kinds made by unshare(2) or clone(2), likewise. */
  made: NamespaceKind[];
  /** It is the container runtime, or was started by it. */
  byRuntime: boolean;
  /** It came in from outside: a terminal's login shell, a step's set-up. */
  byRunner: boolean;
  /** The last setns(2) or unshare(2) in it that failed. */
  failed: { call: 'setns' | 'unshare'; errno: number } | null;
  /** It executed another program in its place, or a child of it executed one. */
  ledTo: 'exec' | 'child' | null;
  /** Null while it runs, and when it was replaced by another. */
  exit: { code: number | null; signal: number | null } | null;
}

/** Commands of a sandbox since a moment, oldest first; those of the runtime and of set-ups included. */
export interface HistoryView {
  commands: CommandView[];
  /** Events that were lost since then: what is not here may still have happened. */
  lost: number;
}
