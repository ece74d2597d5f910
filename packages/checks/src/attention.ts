import {
  type CheckSpec,
  type KernelEvent,
  type NamespaceKind,
  programsOf,
  waysOf,
} from '@tatami/protocol';

/** Programs by which learners attempt what checks ask for, whatever comes of it. */
const attempts = ['unshare', 'nsenter', 'podman'];
/** They change shared memory, of which no event tells. */
const sharedMemory = ['ipcmk', 'ipcrm'];

/** What of a machine's events is worth a look soon; all the rest can wait for the next one. */
export interface Attention {
  /** Names of programs; null: every program. */
  programs: Set<string> | null;
}

/** What checks that are not met yet wait for. */
export function attentionFor(checks: readonly CheckSpec[]): Attention {
  const named = new Set([...attempts, ...sharedMemory]);
  for (const { process, also, commands } of checks) {
    // A process or a command that stands where every other stands can be any.
    if ([process, ...also].some((facts) => facts && !leavesMachine(facts)))
      return { programs: null };
    for (const way of commands.flatMap(waysOf)) {
      const programs = programsOf(way);
      for (const program of programs) named.add(program);
      if (programs.length === 0 && way.sameAsTarget.length === 0) return { programs: null };
    }
  }
  return { programs: named };
}

const leavesMachine = (facts: NonNullable<CheckSpec['process']>): boolean =>
  facts.differs.length > 0 ||
  facts.sameAsTarget.length > 0 ||
  facts.mounts.length > 0 ||
  facts.hostname !== undefined ||
  facts.ownProc === true ||
  facts.pidForChildren === 'new';

/**
 * Whether an event can change a verdict: anything but a process that comes, executes and goes in the machine's
 * own namespaces, unless its program is one that is waited for.
 * @param program that the event's process executes, or has executed.
 */
export function isNotable(
  event: KernelEvent,
  program: string | null,
  { programs }: Attention,
  machine: Record<NamespaceKind, number>,
): boolean {
  if (!['fork', 'exec', 'exit'].includes(event.type) || !programs) return true;
  if (event.pidForChildren !== machine.pid) return true;
  if ((Object.keys(machine) as NamespaceKind[]).some((kind) => event.ns[kind] !== machine[kind]))
    return true;
  return event.type !== 'fork' && program !== null && programs.has(program);
}
