import type { Solution } from '@tatami/protocol';
import type { Drawn } from './draw.ts';
import type { Fault, StepFile } from './schema.ts';

/** Stands in a solution's lines for the name that was drawn. */
const drawnName = '<target>';

/** How one learner can meet a check from the start state; null when nobody can be shown. */
export function solutionOf(
  { checklist }: StepFile,
  checkId: string,
  { checks, fault, asked }: Drawn,
): Solution | null {
  const item = checklist.find(({ check }) => check.id === checkId);
  if (!item) return null;
  if (item.check.answer !== 'drawn') {
    const about = asked.find((one) => one.checkId === checkId)?.about ?? '';
    const lines = item.solution.map((line) => ({
      ...line,
      text: line.text.replaceAll(drawnName, about),
    }));
    return lines.length > 0 ? { lines, answer: null } : null;
  }
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
