import { createHash } from 'node:crypto';
import type { CheckSpec, Target } from '@tatami/protocol';
import type { Fault, StepCheck, StepFile } from './schema.ts';

/** A step as one learner gets it. */
export interface Drawn {
  /** Shell script run as root inside the sandbox to make the start state, the fault included. */
  setup: string;
  checks: CheckSpec[];
  /** Nothing of it may reach a browser, but through a solution that is asked for. */
  fault: Fault | null;
}

/** The step with the fault of this seed put in; pure. */
export function draw(step: StepFile, faults: Fault[], seed: string): Drawn {
  const fault = faultOf(step.id, faults, seed);
  return {
    setup: fault ? `${step.setup}\n${fault.setup}` : step.setup,
    checks: step.checklist.map(({ check }) =>
      withFault({ ...check, target: targetOf(check, seed) }, fault),
    ),
    fault: fault ?? null,
  };
}

type Aimed = Omit<StepCheck, 'target'> & { target: Target | undefined };

function targetOf({ id, target }: StepCheck, seed: string): Target | undefined {
  if (!target || !('drawn' in target)) return target;
  const process = heaviest(target.drawn, (name) => [seed, id, name]);
  if (!process) throw new Error('a step was made of parts that had problems');
  return { process };
}

const faultOf = (stepId: string, faults: Fault[], seed: string): Fault | undefined =>
  heaviest(faults, ({ id }) => [seed, stepId, id]);

/**
 * The one that weighs most (rendezvous hashing): even over seeds, and one that is added or taken out
 * leaves every other learner with what they had.
 */
export function heaviest<T>(all: T[], name: (one: T) => string[]): T | undefined {
  const weight = (one: T) =>
    createHash('sha256')
      .update(JSON.stringify(name(one)))
      .digest('hex');
  return all
    .map((one) => ({ one, weight: weight(one) }))
    .sort((a, b) => (a.weight < b.weight ? 1 : -1))[0]?.one;
}

/** What cannot be mended is not asked for: beside a drawn answer, `service` stands for mended ones. */
function withFault({ answer, service, ...check }: Aimed, fault: Fault | undefined): CheckSpec {
  if (answer !== 'drawn')
    return { ...check, ...(service && { service }), ...(answer && { answer }) };
  if (!fault) throw new Error('a step was made of parts that had problems');
  const { cause, fact, mend } = fault;
  return { ...check, ...(mend && service && { service }), answer: { cause, fact } };
}
