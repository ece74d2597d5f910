import type { Drawn } from '@tatami/lab-format/loader';
import { tail } from './readable.ts';
import type { RehearsingMachine } from './rehearsing-machine.ts';
import { becomes, passes, told } from './verdicts.ts';

/** Something drawn, and what the learner's terminals have shown of it. */
export interface Case {
  fault: NonNullable<Drawn['fault']>;
  checks: Drawn['checks'];
  shown: string;
}

/** Names what was drawn and mends it where that can be done. @throws what is not as it must be. */
export async function answerAndMend(
  machine: RehearsingMachine,
  { fault, checks, shown }: Case,
): Promise<void> {
  const { cause, value, mend } = fault;
  if (!isShown(value, shown))
    throw new Error(`fault ${fault.id}: no output shows ${value}:\n${tail(shown)}`);
  const asked = checks.filter(({ answer }) => answer?.cause);
  for (const { id } of asked) {
    await machine.answer(id, { cause, value });
    const isTaken = await becomes(
      machine,
      id,
      (verdict) => !('reason' in verdict) || !verdict.reason.key.startsWith('reason.answer-'),
    );
    if (!isTaken)
      throw new Error(`fault ${fault.id}: ${id} refuses the answer: ${told(machine.verdict(id))}`);
  }
  // A line of its own each: sudo throws away what was typed ahead.
  if (mend) await machine.type('1', mend.trim().split('\n'));
  for (const { id } of checks.filter(({ answer, service }) => answer?.cause || service)) {
    const failure = await passes(machine, id);
    if (failure) throw new Error(`fault ${fault.id}, ${id}: ${failure}`);
  }
}

/** The value where a word begins; a digit more would be another value. */
function isShown(value: string, shown: string): boolean {
  const quoted = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w.])${quoted}(?!\\.?\\d)`).test(shown);
}
