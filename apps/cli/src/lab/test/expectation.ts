import { promptAtEnd } from '@tatami/protocol';
import { readable } from '../../rehearsal/readable.ts';

/** What a block of step.yaml declares. */
export interface Declared {
  shows: string[];
  hides: string[];
  silent: boolean;
  holds: boolean;
  faults: Record<string, { shows: string[]; hides: string[] }>;
}

/** A line as it was typed, and all that the terminal showed from its echo to the next prompt. */
export interface Typed {
  line: string;
  shown: string;
}

/**
 * Holds what a terminal showed for a block to what the block declares, `fault` being what was drawn.
 * @returns what is not so, or null.
 */
export function mismatch(
  { shows, hides, silent, holds, faults }: Declared,
  typed: Typed[],
  fault: string | null,
): string | null {
  const more = fault === null ? undefined : faults[fault];
  const shown = typed.map((one) => readable(one.shown)).join('');
  const wanted = [...shows, ...(more?.shows ?? [])].map(pattern);
  const unwanted = [...hides, ...(more?.hides ?? [])].map(pattern);
  if (wanted.length + unwanted.length === 0 && !silent && !holds)
    return 'declares no outcome: `expect` is missing';
  const hollow = wanted.find((one) => typed.some(({ line }) => one.test(line)));
  if (hollow) return `${hollow} proves nothing: the command itself matches`;
  const missing = wanted.find((one) => !one.test(shown));
  if (missing) return `does not show ${missing}`;
  const leaked = unwanted.find((one) => one.test(shown));
  if (leaked) return `shows ${leaked}`;
  const noise = silent && typed.find((one) => outputOf(one) !== '');
  return noise ? `prints ${JSON.stringify(outputOf(noise))}` : null;
}

const pattern = (source: string): RegExp => new RegExp(source, 'm');

/** What lies between the echo of a line and the prompt. */
function outputOf({ shown }: Typed): string {
  const text = readable(shown);
  return text.slice(text.indexOf('\n') + 1).replace(promptAtEnd, '');
}
