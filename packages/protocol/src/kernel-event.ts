import type { NamespaceKind } from './check-spec.ts';

/** A file as stat(2) on /proc/PID/exe tells it. A name or an argv can be anything; this cannot. */
export interface FileIdentity {
  inode: number;
  size: number;
  /** Last change of the inode (st_ctime), µs since the epoch. */
  ctimeUs: number;
}

/** What every event says of its process, as it was once the event had happened. */
export interface KernelEventBase {
  /** Counts up by one per sandbox; a gap is events that were lost (and `onLost` tells how many). */
  seq: number;
  /** Milliseconds since the epoch, with a fraction. */
  at: number;
  /** Process (thread group) in the host's pid namespace. */
  pid: number;
  /** Its parent in the host's pid namespace; 0 when that is not known. */
  parent: number;
  /** Its process ids from the sandbox's own pid namespace inwards; the first is what the learner sees. */
  pids: number[];
  /** Real user id as the host sees it. */
  uid: number;
  /** It has a controlling terminal. */
  tty: boolean;
  /** Namespace inodes. */
  ns: Record<NamespaceKind, number>;
  /** Inode of the pid namespace its children are born in. */
  pidForChildren: number;
}

/**
 * One thing that a process of a sandbox did, as the kernel saw it. Strings are the learner's choice and
 * decoded as UTF-8, each byte that is not UTF-8 as U+FFFD. `errno` is 0 when the call succeeded.
 */
export type KernelEvent = KernelEventBase &
  (
    | { type: 'fork' }
    /** The identity is of the executable that runs: of an interpreter for a script. */
    | ({
        type: 'exec';
        argv: string[];
        /** The arguments are longer than what is read of them. */
        argvCut: boolean;
        /** Path as it was given to execve(2). */
        file: string;
      } & FileIdentity)
    /** The whole process ended: by itself with `code`, or by `signal`; the other is null. */
    | { type: 'exit'; code: number | null; signal: number | null }
    | { type: 'unshare'; kinds: NamespaceKind[]; errno: number }
    /** clone(2) that made namespaces; the event is of the process that called. */
    | { type: 'clone'; kinds: NamespaceKind[] }
    /** setns(2); `asked` is empty when any kind would have done. `pid` changes `pidForChildren` only. */
    | {
        type: 'setns';
        asked: NamespaceKind[];
        changed: NamespaceKind[];
        errno: number;
      }
    | { type: 'sethostname'; hostname: string }
    | { type: 'mount'; source: string; target: string; fstype: string; errno: number }
    | { type: 'umount'; target: string; errno: number }
  );
