import type { Solution } from '@tatami/protocol';
import type { Drawn } from './draw.ts';
import type { Fault, StepFile } from './schema.ts';

/** How one learner can meet a check from the start state; null when nobody can be shown. */
export function solutionOf(
  { checklist }: StepFile,
  checkId: string,
  { checks, fault }: Drawn,
): Solution | null {
  const item = checklist.find(({ check }) => check.id === checkId);
  if (!item) return null;
  if (item.check.answer !== 'drawn')
    return item.solution.length > 0 ? { lines: item.solution, answer: null } : null;
  if (!fault) return null;
  // A service is asked for only where the fault can be mended.
  const mends = checks.some(({ id, service }) => id === checkId && service);
  return {
    lines: [...fault.shortest, ...(mends ? mending(fault) : [])],
    answer: { cause: fault.cause, value: fault.value },
  };
}

const mending = ({ mend = '' }: Fault): Solution['lines'] =>
  mend
    .trim()
    .split('\n')
    .map((text) => ({ terminal: '1', text }));
