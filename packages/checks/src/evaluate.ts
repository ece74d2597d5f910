import type {
  CheckSpec,
  KernelView,
  NamespaceKind,
  ProcessFacts,
  ProcessView,
} from '@tatami/protocol';
import { machineFacts } from './machine-facts.ts';
import type { Fact, Outcome } from './outcome.ts';
import { childrenElsewhere, isShell, processFacts } from './process-facts.ts';

/**
 * Decides one check on one picture of the kernel: passed when a single process fulfils all of
 * `check.process` while the machine fulfils `check.machine`. Otherwise the reason is the first thing
 * that the nearest miss lacks.
 */
export function evaluate(check: CheckSpec, view: KernelView): Outcome {
  const machine = machineFacts(check.machine, view);
  // What was done to the machine itself is told first: it spoils every attempt until it is undone.
  const spoilt = machine.find((fact) => fact.state === 'unmet');
  if (spoilt) return explain([spoilt]);
  const best = check.process && nearest(check.process, view);
  if (!best) return { status: 'not-yet', reason: { key: 'reason.no-process', params: {} } };
  const facts = [...best.facts, ...machine];
  if (!facts.every((fact) => fact.state === 'met')) return explain(facts);
  const { pid, pids } = best.process;
  return {
    status: 'passed',
    pid,
    facts: [
      { name: 'pid-inside', value: String(pids.at(-1)) },
      { name: 'pid-machine', value: String(pids[0]) },
      ...facts.flatMap((fact) => (fact.state === 'met' ? fact.seen : [])),
    ],
  };
}

function explain(facts: Fact[]): Outcome {
  for (const fact of facts) {
    if (fact.state === 'unmet') return { status: 'not-yet', reason: fact.reason };
    if (fact.state === 'unknown') return { status: 'unavailable', reason: fact.reason };
  }
  throw new Error('every fact is met: there is nothing to explain');
}

interface Candidate {
  process: ProcessView;
  facts: Fact[];
  /** Compared in order, larger is nearer. */
  rank: number[];
}

/**
 * The process to speak of. One that fulfils everything wins; then one that left the machine in a way
 * the check cares for, a shell where one is wanted, the one with most facts met, the youngest.
 */
function nearest(wanted: ProcessFacts, view: KernelView): Candidate | undefined {
  const kinds = kindsOfInterest(wanted);
  const candidates: Candidate[] = [];
  for (const process of view.processes) {
    // The sandbox's PID 1 and its threads are the machine, never the learner's work.
    if (process.pid === view.machine.pid || process.pids[0] === 1) continue;
    const facts = processFacts(wanted, process, view);
    const count = facts.filter(({ state }) => state === 'met').length;
    const moved =
      kinds.some((kind) => process.ns[kind] !== view.machine.ns[kind]) ||
      (kinds.includes('pid') && childrenElsewhere(process));
    // A daemon that stayed in the machine is no attempt at anything.
    if (wanted.program === 'shell' && !moved && !isShell(process)) continue;
    const whole = count === facts.length;
    const shell = Number(isShell(process));
    const rank = [
      Number(whole),
      Number(moved),
      // unshare itself waits outside, near to everything but a shell.
      wanted.program === 'shell' ? shell : 0,
      count,
      shell,
      process.pid,
    ];
    candidates.push({ process, facts, rank });
  }
  return candidates.sort((a, b) => compare(b.rank, a.rank))[0];
}

/** Namespaces that show an attempt at this check. */
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
