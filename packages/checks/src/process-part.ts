import type {
  CheckSpec,
  KernelView,
  NamespaceKind,
  ProcessFacts,
  ProcessView,
} from '@tatami/protocol';
import { diagnoseAttempt } from './diagnose-attempt.ts';
import { processId } from './map/process-id.ts';
import { type Fact, unmet } from './outcome.ts';
import { childrenElsewhere, isShell, processFacts } from './process-facts.ts';
import { bornInside, fromRuntime } from './target.ts';

/** What the check wants of processes now: one fulfils `process`, another each of `also`. */
export function processPart(
  { process: wanted, also }: CheckSpec,
  view: KernelView,
  target: ProcessView | null,
): { facts: Fact[]; process: ProcessView | null } {
  if (!wanted) return { facts: [], process: null };
  const chosen = distinct([wanted, ...also], view, target);
  if (chosen) {
    const [process = null] = chosen;
    const facts = chosen.flatMap((one, index) =>
      processFacts(index === 0 ? wanted : (also[index - 1] as ProcessFacts), one, view, target),
    );
    return { facts, process };
  }
  // The first that nobody fulfils is what there is to speak of; each may be fulfilled, by the same process.
  for (const facts of [wanted, ...also]) {
    const best = nearest(facts, view, target);
    if (!best?.whole) return { facts: told(facts, best, view), process: null };
  }
  return { facts: [unmet('no-process')], process: null };
}

/** The nearest miss, if it is an attempt at all; else what was done since the step began. */
function told(wanted: ProcessFacts, best: Candidate | undefined, view: KernelView): Fact[] {
  if (best?.moved) return pointingAt(best);
  const attempt = diagnoseAttempt(wanted, view);
  if (attempt) return [attempt];
  if (!best) return [unmet('no-process')];
  // Of all that stays on the machine, a shell is what is asked to go; what it runs comes and goes.
  return isShell(best.process) ? pointingAt(best) : best.facts;
}

/** A reason names the process that it speaks of as the map does. */
const pointingAt = ({ facts, process }: Candidate): Fact[] =>
  facts.map((fact) => {
    if (fact.state !== 'unmet') return fact;
    const { key, params } = fact.reason;
    return { ...fact, reason: { key, params: { ...params, process: processId(process) } } };
  });

/** Processes that fulfil all of these, each another one; undefined when there are none. */
function distinct(
  wanted: ProcessFacts[],
  view: KernelView,
  target: ProcessView | null,
  taken: ProcessView[] = [],
): ProcessView[] | undefined {
  const [first, ...rest] = wanted;
  if (!first) return taken;
  for (const { process } of candidates(first, view, target).filter(({ whole }) => whole)) {
    if (taken.includes(process)) continue;
    const found = distinct(rest, view, target, [...taken, process]);
    if (found) return found;
  }
  return undefined;
}

interface Candidate {
  process: ProcessView;
  facts: Fact[];
  /** It fulfils everything. */
  whole: boolean;
  /** It left the machine in a way the check cares for. */
  moved: boolean;
  /** Compared in order, larger is nearer. */
  rank: number[];
}

/**
 * The process to speak of. One that fulfils everything wins; then one that left the machine in a way
 * the check cares for, a shell where one is wanted, the one with most facts met, the youngest.
 */
const nearest = (
  wanted: ProcessFacts,
  view: KernelView,
  target: ProcessView | null,
): Candidate | undefined => candidates(wanted, view, target)[0];

function candidates(
  wanted: ProcessFacts,
  view: KernelView,
  target: ProcessView | null,
): Candidate[] {
  const kinds = kindsOfInterest(wanted);
  const found: Candidate[] = [];
  for (const process of view.processes) {
    // The sandbox's PID 1 and its threads are the machine, never the learner's work.
    if (process.pid === view.machine.pid || process.pids[0] === 1) continue;
    if (wanted.entered ? bornInside(process, view) : fromRuntime(process, view)) continue;
    const facts = processFacts(wanted, process, view, target);
    const count = facts.filter(({ state }) => state === 'met').length;
    // What has no terminal is a daemon, and no attempt at anything.
    const left = (kind: NamespaceKind) => process.ns[kind] !== view.machine.ns[kind];
    const reached = (kind: NamespaceKind) => left(kind) && process.ns[kind] === target?.ns[kind];
    const moved =
      process.tty &&
      (wanted.sameAsTarget.length > 0
        ? wanted.sameAsTarget.some(reached)
        : kinds.some(left) || (kinds.includes('pid') && childrenElsewhere(process)));
    const shell = Number(isShell(process));
    if (wanted.program === 'shell' && !shell && !moved) continue;
    const whole = count === facts.length;
    const rank = [
      Number(whole),
      Number(moved),
      // unshare itself waits outside, near to everything but a shell.
      wanted.program === 'shell' ? shell : 0,
      count,
      shell,
      process.pid,
    ];
    found.push({ process, facts, whole, moved, rank });
  }
  return found.sort((a, b) => compare(b.rank, a.rank));
}

/** Namespaces that show an attempt at this check, when it is not about those of a target. */
function kindsOfInterest(wanted: ProcessFacts): NamespaceKind[] {
  const kinds = [...wanted.differs];
  if (wanted.innerPid !== undefined || wanted.pidForChildren !== undefined) kinds.push('pid');
  if (wanted.ownProc !== undefined || wanted.mounts.length > 0) kinds.push('mnt');
  if (wanted.hostname !== undefined) kinds.push('uts');
  if (wanted.shmBytes !== undefined) kinds.push('ipc');
  return kinds;
}

function compare(a: number[], b: number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
