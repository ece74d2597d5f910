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
 * Whose namespaces a check means by "the target's": those of a container's first process, of the PID 1
 * of a namespace whose host name is this (what `unshare` makes without any container), or of the oldest
 * process whose first argument is this.
 */
export const Target = z.union([
  z.strictObject({ container: z.string().min(1) }),
  z.strictObject({ hostname: z.string().min(1) }),
  z.strictObject({ process: z.string().min(1) }),
]);
export type Target = z.infer<typeof Target>;

/** What the learner knows it by. */
export function targetName(target: Target): string {
  if ('container' in target) return target.container;
  return 'process' in target ? target.process : target.hostname;
}

/**
 * What one process must be, all at the same moment. "The machine" is PID 1 of the sandbox; `differs`
 * and `same` compare namespace inodes with the machine's, `sameAsTarget` with the target's.
 */
export const ProcessFacts = z.strictObject({
  /** `shell`: its executable is a shell, and it reads from a terminal. */
  program: z.enum(['shell', 'any']).default('any'),
  /** Innermost number in NSpid (proc_pid_status(5)). */
  innerPid: z.int().positive().optional(),
  differs: z.array(NamespaceKind).default([]),
  same: z.array(NamespaceKind).default([]),
  sameAsTarget: z.array(NamespaceKind).default([]),
  /** It was neither born in the target nor started there by the container runtime: it came in by setns(2). */
  entered: z.literal(true).optional(),
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

/** One way to do what a check of commands asks for. */
const CommandWay = z.strictObject({
  /** Name of a program of the machine, or of several, recognised by its file; any program when it is not given. */
  program: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
  /** It entered these by setns(2); what was born in the target never counts. */
  sameAsTarget: z.array(NamespaceKind).default([]),
  sameAsMachine: z.array(NamespaceKind).default([]),
  /**
   * Its arguments name one of these of the target, and it has not failed: `pid`, its number, with no other
   * process beside it, or files in its folder of the machine's /proc, such as `root`.
   */
  names: z.array(z.string().regex(/^[a-z_]+$/)).default([]),
  exitCode: z.int().nonnegative().optional(),
});

/**
 * A program that was executed since the step began, however short it lived. The container runtime's own
 * programs and what `docker exec` starts never count.
 */
export const CommandFacts = CommandWay.extend({
  /** What does as well. */
  or: z.array(CommandWay).default([]),
});
export type CommandFacts = z.infer<typeof CommandFacts>;
export type CommandWay = z.infer<typeof CommandWay>;

/** All that fulfil a wanted command, the one to speak of first. */
export const waysOf = ({ or, ...first }: CommandFacts): CommandWay[] => [first, ...or];

/** Programs that may be the one; empty: any. */
export const programsOf = ({ program }: CommandWay): string[] => [program ?? []].flat();

/** What must hold now for the target as a service. */
export const ServiceFacts = z.strictObject({
  /** A TCP socket of one of its own processes is established to this remote port. */
  connectedTo: z.int().positive().max(65_535).optional(),
  /** None of its processes is stopped (state T or t of proc_pid_stat(5)). */
  running: z.literal(true).optional(),
});
export type ServiceFacts = z.infer<typeof ServiceFacts>;

/** Why a service is ill: what a learner names. Each has texts in the interface (`cause.*`). */
export const Cause = z.enum([
  'name',
  'route',
  'port',
  'address',
  'filter',
  'lock',
  'read',
  'frozen',
]);
export type Cause = z.infer<typeof Cause>;

/**
 * Where the kernel says the value that is asked for. It is read from outside when the step is opened, so
 * that mending first and naming then works too; `pid` is that of now.
 */
export const FaultFact = z.enum([
  /** First `nameserver` of the target's /etc/resolv.conf. */
  'nameserver',
  /** Destination of a route of the target that leads nowhere, as ADDRESS or ADDRESS/LENGTH. */
  'route',
  /** Port of the connection that the target's socket waits for, or was refused. */
  'dialed-port',
  /** Address of the connection that the target's socket waits for. */
  'dialed-address',
  /** The system call in which the target's threads wait for each other, by name. */
  'waits-in',
  /** Remote end, ADDRESS:PORT, of the connection that the target reads from. */
  'read-peer',
  /** State letter of proc_pid_stat(5). */
  'state',
  /** The machine's PID of the target: the outermost number of NSpid that the machine can see. */
  'pid',
  /** The machine's PID of any other process in the target's net namespace. */
  'net-companion',
]);
export type FaultFact = z.infer<typeof FaultFact>;

/** Facts that can be asked for alone. Each has texts in the interface (`factValue.*`, `reason.answer-*`). */
export const ValueFact = FaultFact.extract(['pid', 'net-companion']);

/** The learner types the value that the kernel shows; of a fault also the cause that it proves. */
export const AnswerFacts = z
  .strictObject({ cause: Cause.optional(), fact: FaultFact })
  .refine(({ cause, fact }) => cause !== undefined || ValueFact.safeParse(fact).success, {
    error: `without a cause the fact is ${ValueFact.options.join(' or ')}`,
  });
export type AnswerFacts = z.infer<typeof AnswerFacts>;

/**
 * One check. All parts that are given must hold: a process now (with all of `also` at the same moment),
 * the machine and the service now, `commands` since the step began in this order, the answer as typed.
 */
export const CheckSpec = z
  .strictObject({
    id: CheckId,
    target: Target.optional(),
    process: ProcessFacts.optional(),
    /** Further processes that must be there at the same moment, each another one. */
    also: z.array(ProcessFacts).default([]),
    machine: MachineFacts.prefault({}),
    commands: z.array(CommandFacts).default([]),
    service: ServiceFacts.optional(),
    answer: AnswerFacts.optional(),
  })
  .refine(
    ({ process, commands, service, answer }) => process || commands.length > 0 || service || answer,
    { error: 'a check asks for a process, commands, a service or an answer' },
  )
  .refine(({ target, ...rest }) => target || !namesTarget(rest), {
    error: 'sameAsTarget, names, service and answer need a target',
  });
export type CheckSpec = z.infer<typeof CheckSpec>;

function namesTarget(check: {
  process?: ProcessFacts | undefined;
  also: ProcessFacts[];
  commands: CommandFacts[];
  service?: ServiceFacts | undefined;
  answer?: AnswerFacts | undefined;
}): boolean {
  const ways = check.commands.flatMap(waysOf);
  const parts = [...(check.process ? [check.process] : []), ...check.also, ...ways];
  return (
    parts.some(({ sameAsTarget }) => sameAsTarget.length > 0) ||
    ways.some(({ names }) => names.length > 0) ||
    check.service !== undefined ||
    check.answer !== undefined
  );
}

/** What a learner typed; `cause` where one is asked for. */
export const Answer = z.strictObject({
  cause: Cause.optional(),
  value: z.string().trim().min(1).max(100),
});
export type Answer = z.infer<typeof Answer>;
