import {
  type CheckSpec,
  type KernelSnapshot,
  type KernelView,
  type ProcessView,
  type Target,
  targetName,
  waysOf,
} from '@tatami/protocol';
import { type Fact, unmet } from './outcome.ts';

/** The process whose namespaces a check calls the target's, the first of several; null when there is none now. */
export const findTarget = (wanted: Target, view: KernelSnapshot): ProcessView | null =>
  findTargets(wanted, view)[0] ?? null;

/** Each is looked at with every process, and a learner can make hundreds. */
const mostTargets = 5;

/**
 * Those that answer to the name, youngest first: what `unshare` made may run more than once. A process that is
 * named by its argument is the step's, and older than any that a learner names so once the step is open.
 */
export const findTargets = (wanted: Target, view: KernelSnapshot): ProcessView[] =>
  view.processes
    .filter((process) => isTarget(process, wanted, view))
    .sort((a, b) => ('process' in wanted ? -1 : 1) * (b.startTicks - a.startTicks))
    .slice(0, mostTargets);

function isTarget(process: ProcessView, wanted: Target, view: KernelSnapshot): boolean {
  if ('container' in wanted) return containerName(process, view) === wanted.container;
  if ('process' in wanted) return process.argv[0] === wanted.process;
  return (
    process.ns.uts !== view.machine.ns.uts &&
    process.pids.at(-1) === 1 &&
    view.hostnames.get(process.ns.uts) === wanted.hostname
  );
}

/** Nobody can be told to have entered what the target shares with the machine (`--network host`). */
export function apartFacts(check: CheckSpec, view: KernelSnapshot, target: ProcessView): Fact[] {
  const { process, also, commands, service } = check;
  const parts = [...(process ? [process] : []), ...also, ...commands.flatMap(waysOf)];
  const asked = new Set(parts.flatMap(({ sameAsTarget }) => sameAsTarget));
  if (service?.connectedTo !== undefined) asked.add('net');
  const shared = [...asked].filter((kind) => target.ns[kind] === view.machine.ns[kind]);
  if (shared.length === 0 || !check.target) return [];
  return [
    unmet('target-not-apart', { target: targetName(check.target), kinds: shared.join(', ') }),
  ];
}

/**
 * Name of the container whose first process this is: PID 1 of a pid namespace of its own, started by the
 * machine's own conmon(8), which was told the name. The runtime's files say nothing here.
 */
function containerName(process: ProcessView, view: KernelSnapshot): string | null {
  if (process.pids.at(-1) !== 1 || process.ns.pid === view.machine.ns.pid) return null;
  const monitor = parentOf(process, view);
  return monitor ? watchedBy(monitor) : null;
}

/** Name of the container that a conmon(8) looks after; null of any other process. */
function watchedBy({ program, argv }: ProcessView): string | null {
  if (program !== 'conmon') return null;
  const option = argv.findIndex((word) => word === '-n' || word === '--name');
  return option === -1 ? null : (argv[option + 1] ?? null);
}

/** Names of the containers that processes are part of or were started in by the runtime, by pid on the host. */
export function containersOf(view: KernelSnapshot): Map<number, string> {
  const known = new Map<number, string | null>();
  const nameOf = (process: ProcessView): string | null => {
    const path: ProcessView[] = [];
    let name: string | null = null;
    for (let at: ProcessView | undefined = process; at; ) {
      const found = known.get(at.pid);
      if (found !== undefined) name = found;
      if (found !== undefined || path.includes(at)) break;
      path.push(at);
      const parent = parentOf(at, view);
      if (parent) name = watchedBy(parent);
      if (name !== null) break;
      at = parent;
    }
    for (const { pid } of path) known.set(pid, name);
    return name;
  };
  return new Map(
    view.processes.flatMap((process) => {
      const name = nameOf(process);
      return name === null ? [] : [[process.pid, name]];
    }),
  );
}

/** It is part of a container, or was started in one by the runtime (`docker exec`, `crun exec`). */
export const fromRuntime = (process: ProcessView, view: KernelView): boolean =>
  lineage(process, view).some(({ program }) => program === 'conmon') ||
  (process.ns.pid !== view.machine.ns.pid &&
    view.history?.commands.findLast(({ pid }) => pid === process.pid)?.by === 'runtime');

/** It was born in its pid namespace, below that namespace's PID 1, and did not come in later. */
export const bornInside = (process: ProcessView, view: KernelSnapshot): boolean =>
  lineage(process, view).some(({ ns, pids }) => ns.pid === process.ns.pid && pids.at(-1) === 1);

/** The target and what descends from it: the service itself, and nobody who came in. */
export const ownProcesses = (target: ProcessView, view: KernelSnapshot): ProcessView[] =>
  view.processes.filter((process) => lineage(process, view).includes(target));

/** A process and those it descends from, as far as they live. */
function lineage(process: ProcessView, view: KernelSnapshot): ProcessView[] {
  const found = new Set([process]);
  for (let next = parentOf(process, view); next; next = parentOf(next, view)) {
    if (found.has(next)) break;
    found.add(next);
  }
  return [...found];
}

/** Processes of a picture by pid: each is asked for its ancestors, and a learner can make long rows of them. */
const byPid = new WeakMap<ProcessView[], Map<number, ProcessView>>();

function parentOf({ parent }: ProcessView, { processes }: KernelSnapshot): ProcessView | undefined {
  const known = byPid.get(processes) ?? new Map(processes.map((one) => [one.pid, one]));
  byPid.set(processes, known);
  return known.get(parent);
}
