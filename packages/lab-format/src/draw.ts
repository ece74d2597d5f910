import { createHash } from 'node:crypto';
import type { CheckSpec } from '@tatami/protocol';
import type { Fault, StepCheck, StepFile } from './schema.ts';

/** A step as one learner gets it. */
export interface Drawn {
  /** Shell script run as root inside the sandbox to make the start state, the fault included. */
  setup: string;
  checks: CheckSpec[];
  /** Nothing of it may reach a browser. `mend`: what mends it from outside, if anything does. */
  fault: { id: string; mend: string | null } | null;
}

/** The step with the fault of this seed put in; pure. */
export function draw(step: StepFile, faults: Fault[], seed: string): Drawn {
  const fault = faultOf(step.id, faults, seed);
  return {
    setup: fault ? `${step.setup}\n${fault.setup}` : step.setup,
    checks: step.checklist.map(({ check }) => withFault(check, fault)),
    fault: fault ? { id: fault.id, mend: fault.mend ?? null } : null,
  };
}

/**
 * The fault that weighs most with this seed (rendezvous hashing): even over seeds, and a fault that
 * is added to the file or taken out leaves every other learner with the one they had.
 */
function faultOf(stepId: string, faults: Fault[], seed: string): Fault | undefined {
  const weight = ({ id }: Fault) =>
    createHash('sha256')
      .update(JSON.stringify([seed, stepId, id]))
      .digest('hex');
  return faults
    .map((fault) => ({ fault, weight: weight(fault) }))
    .sort((a, b) => (a.weight < b.weight ? 1 : -1))[0]?.fault;
}

/** What cannot be mended is not asked for: beside a drawn answer, `service` stands for mended ones. */
function withFault({ answer, service, ...check }: StepCheck, fault: Fault | undefined): CheckSpec {
  if (answer !== 'drawn')
    return { ...check, ...(service && { service }), ...(answer && { answer }) };
  if (!fault) throw new Error('a step was made of parts that had problems');
  const { cause, fact, mend } = fault;
  return { ...check, ...(mend && service && { service }), answer: { cause, fact } };
}
