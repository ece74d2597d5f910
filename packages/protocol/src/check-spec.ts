import { z } from 'zod';
import { CheckId } from './ids.ts';

/** The kinds of namespace a check can speak of (namespaces(7)). */
export const NamespaceKind = z.enum(['pid', 'mnt', 'net', 'uts', 'ipc', 'user', 'cgroup', 'time']);
export type NamespaceKind = z.infer<typeof NamespaceKind>;

/** A mount as proc_pid_mountinfo(5) lists it. */
export const MountFact = z.strictObject({
  target: z.string().startsWith('/'),
  type: z.string().min(1),
});
export type MountFact = z.infer<typeof MountFact>;

/**
 * What one process must be, all at the same moment. "The machine" is PID 1 of the sandbox; `differs`
 * and `same` compare namespace inodes with the machine's.
 */
export const ProcessFacts = z.strictObject({
  /** `shell`: its executable is a shell, and it reads from a terminal. */
  program: z.enum(['shell', 'any']).default('any'),
  /** Innermost number in NSpid (proc_pid_status(5)). */
  innerPid: z.int().positive().optional(),
  differs: z.array(NamespaceKind).default([]),
  same: z.array(NamespaceKind).default([]),
  /** `new`: its children are born in a pid namespace other than its own (pid_for_children). */
  pidForChildren: z.enum(['new', 'own']).optional(),
  /** Its /proc is a proc filesystem of its own mount namespace and not the machine's. */
  ownProc: z.boolean().optional(),
  mounts: z.array(MountFact).default([]),
  /** Exact host name in its uts namespace, or `changed`: any other than the machine's. */
  hostname: z.union([z.strictObject({ is: z.string() }), z.literal('changed')]).optional(),
  /** A System V shared memory segment of this size exists in its ipc namespace. */
  shmBytes: z.int().positive().optional(),
});
export type ProcessFacts = z.infer<typeof ProcessFacts>;

/** What must hold for the machine itself at that moment. */
export const MachineFacts = z.strictObject({
  hostname: z.string().optional(),
  noMounts: z.array(MountFact).default([]),
  noShmBytes: z.int().positive().optional(),
});
export type MachineFacts = z.infer<typeof MachineFacts>;

/** One check: some process of the sandbox fulfils `process` while the machine fulfils `machine`. */
export const CheckSpec = z.strictObject({
  id: CheckId,
  process: ProcessFacts,
  machine: MachineFacts.prefault({}),
});
export type CheckSpec = z.infer<typeof CheckSpec>;
