import { createHash } from 'node:crypto';
import { type CheckSpec, type Target, targetName } from '@tatami/protocol';
import type { Fault, StepCheck, StepFile } from './schema.ts';

/** A step as one learner gets it. */
export interface Drawn {
  /** Shell script run as root inside the sandbox to make the start state, the fault included. */
  setup: string;
  checks: CheckSpec[];
  /** Nothing of it may reach a browser, but through a solution that is asked for. */
  fault: Fault | null;
  /** What drawn questions are about, and those that ask for a value alone: the learner must be told. */
  asked: { checkId: string; about: string }[];
}

/**
 * The step with the fault of this seed put in; pure. The same learner's next `round` gets another fault and
 * other targets, until all were there.
 */
export function draw(step: StepFile, faults: Fault[], seed: string, round = 0): Drawn {
  const fault = nth(faults, round, ({ id }) => [seed, step.id, id]);
  const aimed = step.checklist.map(({ check }) => ({
    ...check,
    target: targetOf(check, seed, round),
  }));
  return {
    setup: fault ? `${step.setup}\n${fault.setup}` : step.setup,
    checks: aimed.map((check) => withFault(check, fault)),
    fault: fault ?? null,
    asked: step.checklist.flatMap(({ check }, index) => {
      const target = aimed[index]?.target;
      return target && mustBeTold(check) ? { checkId: check.id, about: targetName(target) } : [];
    }),
  };
}

type Aimed = Omit<StepCheck, 'target'> & { target: Target | undefined };

const mustBeTold = ({ target, answer }: StepCheck): boolean =>
  (target !== undefined && 'drawn' in target) ||
  (answer !== undefined && answer !== 'drawn' && answer.cause === undefined);

function targetOf({ id, target }: StepCheck, seed: string, round: number): Target | undefined {
  if (!target || !('drawn' in target)) return target;
  const process = nth(target.drawn, round, (name) => [seed, id, name]);
  if (!process) throw new Error('a step was made of parts that had problems');
  return { process };
}

const nth = <T>(all: T[], round: number, name: (one: T) => string[]): T | undefined =>
  ranked(all, name)[round % all.length];

/**
 * The heaviest first (rendezvous hashing): the order is even over seeds, and one that is added or taken out
 * leaves that of all others as it was.
 */
export function ranked<T>(all: T[], name: (one: T) => string[]): T[] {
  const weight = (one: T) =>
    createHash('sha256')
      .update(JSON.stringify(name(one)))
      .digest('hex');
  return all
    .map((one) => ({ one, weight: weight(one) }))
    .sort((a, b) => (a.weight < b.weight ? 1 : -1))
    .map(({ one }) => one);
}

/** What cannot be mended is not asked for: beside a drawn answer, `service` stands for mended ones. */
function withFault({ answer, service, ...check }: Aimed, fault: Fault | undefined): CheckSpec {
  if (answer !== 'drawn')
    return { ...check, ...(service && { service }), ...(answer && { answer }) };
  if (!fault) throw new Error('a step was made of parts that had problems');
  const { cause, fact, mend } = fault;
  return { ...check, ...(mend && service && { service }), answer: { cause, fact } };
}
