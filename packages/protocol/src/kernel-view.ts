import type { Answer, MountFact, NamespaceKind } from './check-spec.ts';
import type { KernelEventBase } from './kernel-event.ts';

/** One process of the sandbox as the kernel shows it from outside. */
export interface ProcessView {
  /** Process id in the host's pid namespace. */
  pid: number;
  /** Parent in the host's pid namespace; of a terminal's shell it is the terminal's own process there. */
  parent: number;
  /** Process ids from the sandbox's own pid namespace inwards; the first is what the learner sees (NSpid). */
  pids: number[];
  /** Name, at most 15 bytes, settable by the learner: for showing only. */
  comm: string;
  /** Path of the executable's inode as /proc/PID/exe shows it. */
  exe: string;
  /** Its arguments as it shows them (/proc/PID/cmdline), the first KiB; settable by the learner. */
  argv: string[];
  /** The executable is one of the machine's own shells, by device and inode of the root filesystem. */
  shell: boolean;
  /** Name of the program of the machine that it executes, recognised by its file; null for any other. */
  program: string | null;
  /** It has a controlling terminal. */
  tty: boolean;
  /** Its process group and session (credentials(7)), as the host numbers processes. */
  group: number;
  session: number;
  /** Process group in the foreground of its session's terminal (tpgid); 0: none. */
  foreground: number;
  /** Letter of proc_pid_stat(5): R, S, D, T, t or I. */
  state: string;
  /** Effective user, as the host numbers users. */
  uid: number;
  /** Clock ticks from the boot to its start: with the pid it names a process for good. */
  startTicks: number;
  /** Namespace inodes. */
  ns: Record<NamespaceKind, number>;
  /** Inode of pid_for_children; null: unshared, but no child was born yet (or the namespace is dead). */
  pidForChildren: number | null;
  /** Inode of time_for_children: another than `ns.time` once it has unshared (time_namespaces(7)). */
  timeForChildren: number;
}

/** A process that has ended and that its parent has not waited for: most of it is gone. */
export interface ZombieView
  extends Pick<ProcessView, 'pid' | 'parent' | 'pids' | 'comm' | 'uid' | 'startTicks'> {
  ns: Record<'pid' | 'user', number>;
}

/** A namespace held by a bind mount of its file, with or without processes (namespaces(7)). */
export interface PinnedView {
  kind: NamespaceKind;
  inode: number;
  target: string;
  /** Inode of the mount namespace in which the mount is seen. */
  mnt: number;
}

/** A TCP socket; addresses as `10.0.0.2:80` or `[fe80::1]:80`, an IPv4 peer of an IPv6 socket as IPv4. */
export interface SocketView {
  local: string;
  remote: string;
  state: SocketState;
  /** As /proc/PID/fd names it; 0 once no process has it open. */
  inode: number;
}

/** As ss(8) names them. */
export type SocketState =
  | 'established'
  | 'syn-sent'
  | 'syn-recv'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'time-wait'
  | 'close'
  | 'close-wait'
  | 'last-ack'
  | 'listen'
  | 'closing';

/** One picture of a sandbox. What can only be known per namespace is keyed by the namespace's inode. */
export interface KernelSnapshot {
  /** When it was taken, ms since the epoch. */
  at: number;
  /** The machine: the sandbox's PID 1. */
  machine: ProcessView;
  processes: ProcessView[];
  zombies: ZombieView[];
  /** mountinfo by mount namespace inode. `dev` is major:minor. */
  mounts: Map<number, (MountFact & { dev: string })[]>;
  /** Host name by uts namespace inode. */
  hostnames: Map<number, string>;
  /** Sizes in bytes of System V shared memory segments by ipc namespace inode. */
  shm: Map<number, number[]>;
  /** Namespaces held by mounts, found in `mounts`. */
  pinned: PinnedView[];
  /** TCP sockets by net namespace inode; the machine's own namespace is not looked at. */
  sockets: Map<number, SocketView[]>;
  /** There was more than is looked at: 500 processes, 100 namespaces of a kind, 200 sockets in one. */
  cut: boolean;
}

/** All that a check may look at: a picture, what led to it, and what the learner typed. */
export interface KernelView extends KernelSnapshot {
  /** What was executed since the step began; null: nobody saw it. */
  history: HistoryView | null;
  /** What the learner typed, by check. */
  answers: Map<string, Answer>;
  /** Targets that were there in this step and are no more, by check; for checks of commands alone. */
  goneTargets: Map<string, GoneTarget[]>;
  /** Inodes of the sockets that a service's own processes have open, by check; for checks that ask for one. */
  heldSockets: Map<string, Set<number>>;
  /** Values that prove a fault, read when the step was opened, by check; absent: could not be read. */
  faultFacts: Map<string, string[]>;
}

/**
 * `login`: a terminal's first shell; `learner`: what descends from one; `runtime`: the container runtime and
 * what it starts; `machine`: set-ups of steps and daemons.
 */
export type Initiator = 'login' | 'learner' | 'runtime' | 'machine';

/** A program that a process executed, from its exec to its end or to the next exec. The base is the exec's. */
export interface CommandView extends KernelEventBase {
  /** Empty: a process that the shell made for a program it did not find; it ended with 126 or 127. */
  argv: string[];
  /** Path given to execve(2). */
  file: string;
  /** Name of the program of the machine, recognised by its file; null for any other. */
  program: string | null;
  /** Kinds entered by setns(2) before its exec or in it, by the process or by those it descends from. */
  entered: NamespaceKind[];
  /** Kinds made by unshare(2) or clone(2), likewise. */
  made: NamespaceKind[];
  /** On whose account it runs, handed down from process to child. */
  by: Initiator;
  /** `seq` of the command that executed this one in its place, or whose child did. */
  from: number | null;
  /** `seq` of the command that was typed at a shell's prompt and led to this one; its own when it was typed. */
  line: number | null;
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

/** A target as it was last seen. Inodes are used again: what was executed after `goneAt` is not about it. */
export interface GoneTarget {
  target: ProcessView;
  /** ms since the epoch, of the first look that did not find it. */
  goneAt: number;
}
