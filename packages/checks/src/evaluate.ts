import { type CheckSpec, type KernelView, type ProcessView, targetName } from '@tatami/protocol';
import { answerFacts } from './answer-facts.ts';
import { commandPart } from './command-facts.ts';
import { machineFacts } from './machine-facts.ts';
import type { Fact, Outcome, SeenFact } from './outcome.ts';
import { unmet } from './outcome.ts';
import { processPart } from './process-part.ts';
import { serviceFacts } from './service-facts.ts';
import { apartFacts, findTargets } from './target.ts';
import { asksForCommandsAlone } from './target-memory.ts';

/**
 * Decides one check on one picture of the kernel and what led to it: passed when all parts that the
 * check has hold. Otherwise the reason is the first thing that is lacking, in teaching order.
 */
export function evaluate(check: CheckSpec, view: KernelView): Outcome {
  const machine = machineFacts(check.machine, view);
  // What was done to the machine itself is told first: it spoils every attempt until it is undone.
  const spoilt = machine.find((fact) => fact.state === 'unmet');
  if (spoilt) return explain([spoilt]);
  if (!check.target) return outcomeOf(lookAt(check, view, null, machine), null);
  const name = targetName(check.target);
  const [first, ...more] = findTargets(check.target, view).map((target) =>
    lookAt(check, view, target, machine),
  );
  const past = asksForCommandsAlone(check) ? lookBack(check, view, machine) : undefined;
  if (past) return outcomeOf(past, name);
  if (!first) return explain([unmet('target-missing', { target: name })]);
  // Several may bear the name: the one with which most was done is meant.
  return outcomeOf(
    more.reduce((best, one) => (metCount(one) > metCount(best) ? one : best), first),
    name,
  );
}

/** What is so of everything that a check wants, with one target. */
interface Look {
  facts: Fact[];
  target: ProcessView | null;
  process: ProcessView | null;
}

function lookAt(
  check: CheckSpec,
  view: KernelView,
  target: ProcessView | null,
  machine: Fact[],
): Look {
  const { facts: processes, process } = processPart(check, view, target);
  const facts = [
    ...(target ? apartFacts(check, view, target) : []),
    ...processes,
    ...commandPart(check.commands, view, target),
    ...(check.answer ? answerFacts(check.id, check.answer, view) : []),
    ...(check.service && target ? serviceFacts(check.id, check.service, view, target) : []),
    ...machine,
  ];
  return { facts, target, process };
}

/** What was done while a target that is gone was there, if that is all that was asked. */
function lookBack(check: CheckSpec, view: KernelView, machine: Fact[]): Look | undefined {
  const { history } = view;
  if (!history) return undefined;
  for (const { target, goneAt } of view.goneTargets.get(check.id) ?? []) {
    const commands = history.commands.filter(({ at }) => at <= goneAt);
    const look = lookAt(check, { ...view, history: { ...history, commands } }, target, machine);
    if (look.facts.every(({ state }) => state === 'met')) return look;
  }
  return undefined;
}

const metCount = ({ facts }: Look): number => facts.filter(({ state }) => state === 'met').length;

function outcomeOf({ facts, target, process }: Look, name: string | null): Outcome {
  if (!facts.every((fact) => fact.state === 'met')) return explain(facts);
  const seen = facts.flatMap((fact) => (fact.state === 'met' ? fact.seen : []));
  const whose: SeenFact[] = name === null ? [] : [{ name: 'target', value: name }];
  if (!process) return { status: 'passed', pid: target?.pid ?? null, facts: [...whose, ...seen] };
  const { pid, pids } = process;
  return {
    status: 'passed',
    pid,
    facts: [
      ...whose,
      { name: 'pid-inside', value: String(pids.at(-1)) },
      { name: 'pid-machine', value: String(pids[0]) },
      ...seen,
    ],
  };
}

/** The first fact that is lacking, in teaching order. */
function explain(facts: Fact[]): Outcome {
  for (const fact of facts) {
    if (fact.state === 'unmet') return { status: 'not-yet', reason: fact.reason };
    if (fact.state === 'unknown') return { status: 'unavailable', reason: fact.reason };
  }
  throw new Error('every fact is met: there is nothing to explain');
}
