import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, promptAtEnd, type Verdict } from '@tatami/protocol';
import type { Line } from '../line.ts';

/** A shell as a scripted learner uses it. */
export interface RehearsalTerminal {
  type: (text: string) => void;
  /** Whether the output since the last `type` comes to hold `pattern` within this time. */
  shows: (pattern: RegExp, withinMs: number) => Promise<boolean>;
  /** The output since the last `type`. */
  readonly text: string;
}

/** A machine with a step of a lesson open, as a scripted learner uses it. */
export interface Rehearsal {
  /** The step from its start: nothing of the learner runs, every shell is new. */
  begin: () => Promise<void>;
  terminal: (name: string) => Promise<RehearsalTerminal>;
  answer: (checkId: string, answer: Answer) => Promise<void>;
  /** Newest verdict since the step began, if there is one. */
  verdict: (checkId: string) => Verdict | undefined;
}

/** What is typed for one check, right or wrong. */
export interface Attempt {
  check: string;
  type: Line[];
  answer?: Answer | undefined;
}

/** Longest wait for the prompt after a line that another follows. */
const promptWithinMs = 8_000;
/** A last line that has not given the prompt back by then goes on running. */
const lastPromptWithinMs = 1_500;
/** Looks of the runner until what was typed is in the verdict, with room for a busy machine. */
const settledMs = 700;
const everyMs = 25;

/**
 * Types lines as a learner does, each once the prompt is back; the last may go on running.
 * @returns what the terminals showed for them.
 */
export async function typeLines(
  rehearsal: Pick<Rehearsal, 'terminal'>,
  lines: Line[],
  { withinMs = promptWithinMs, lastWithinMs = lastPromptWithinMs } = {},
): Promise<string> {
  let shown = '';
  for (const [index, { terminal: name, text }] of lines.entries()) {
    const terminal = await rehearsal.terminal(name);
    terminal.type(`${text}\r`);
    const last = index === lines.length - 1;
    const back = await terminal.shows(promptAtEnd, last ? lastWithinMs : withinMs);
    if (!back && !last)
      throw new Error(`no prompt comes back after ${JSON.stringify(text)}: ${terminal.text}`);
    shown += terminal.text;
  }
  return shown;
}

/**
 * Begins the step anew, types an attempt as a learner does, and reads the check's verdict. Ends as soon
 * as `expected` holds once all was typed, else when the verdict has had `patienceMs` to become so.
 */
export async function rehearse(
  rehearsal: Rehearsal,
  { check, type, answer }: Attempt,
  expected: (verdict: Verdict) => boolean,
  patienceMs = settledMs,
): Promise<Verdict | undefined> {
  await rehearsal.begin();
  await typeLines(rehearsal, type);
  if (answer) await rehearsal.answer(check, answer);
  // A look that began before the last line tells of what was before it.
  await delay(settledMs);
  const end = performance.now() + patienceMs;
  for (;;) {
    const verdict = rehearsal.verdict(check);
    if ((verdict && expected(verdict)) || performance.now() > end) return verdict;
    await delay(everyMs);
  }
}
