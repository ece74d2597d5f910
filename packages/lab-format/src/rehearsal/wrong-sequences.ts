import { type CheckSpec, programsOf } from '@tatami/protocol';
import type { Line } from '../line.ts';
import { Chooser } from './random.ts';
import { wrongNaming } from './wrong-naming.ts';
import { wrongNsenter } from './wrong-nsenter.ts';
import { wrongUnshare } from './wrong-unshare.ts';

/** Lines that do not fulfil a check, in the order in which they are typed. */
export interface WrongSequence {
  step: string;
  check: string;
  type: Line[];
}

/** Tries at another sequence for one check before it is left alone. */
const patience = 200;

/**
 * Wrong command sequences over the checks of steps, decided by the seed and distinct: options of unshare(1)
 * and nsenter(1) that are wrong, missing or superfluous, wrong targets and programs, no sudo, words in the
 * wrong order, programs that end at once, docker instead, slips of the fingers. None fulfils its check on
 * the step's start state.
 * @throws when the checks do not give so many.
 */
export function wrongSequences(
  steps: { id: string; checks: CheckSpec[] }[],
  seed: number,
  count: number,
): WrongSequence[] {
  const choose = new Chooser(seed);
  const found = new Map<string, WrongSequence>();
  let open = steps.flatMap(({ id: step, checks }) => checks.map((check) => ({ step, check })));
  while (found.size < count && open.length > 0) {
    open = open.filter(({ step, check }) => {
      if (found.size >= count) return false;
      const sequence = another(step, check, choose, found);
      if (sequence) found.set(JSON.stringify(sequence), sequence);
      return sequence !== undefined;
    });
  }
  if (found.size < count) throw new Error(`there are only ${found.size} wrong sequences`);
  return [...found.values()];
}

function another(
  step: string,
  check: CheckSpec,
  choose: Chooser,
  found: Map<string, WrongSequence>,
): WrongSequence | undefined {
  for (let tries = 0; tries < patience; tries++) {
    const lines = wrongLines(check, choose);
    if (!lines) continue;
    const type = lines.map((text) => ({ terminal: '1', text }));
    const sequence = { step, check: check.id, type };
    if (!found.has(JSON.stringify(sequence))) return sequence;
  }
  return undefined;
}

function wrongLines(check: CheckSpec, choose: Chooser): string[] | undefined {
  const { process, commands, service, answer } = check;
  // Looking names no cause and mends nothing.
  if (service || answer) return [choose.one(lookingOnly)];
  const [first] = commands;
  if (first && first.names.length > 0) return wrongNaming(first.names, choose);
  if (process && process.sameAsTarget.length === 0) return wrongUnshare(check, choose);
  if (process || commands.some(({ sameAsTarget }) => sameAsTarget.length > 0))
    return wrongNsenter(check, choose);
  const [program] = commands.flatMap(programsOf);
  return program ? wrongProgram(program, choose) : undefined;
}

const lookingOnly = ['docker ps', 'docker ps -a', 'ps aux', 'ip addr', 'sudo lsns -t net'];

/** A program that is not the one, or that fails. */
function wrongProgram(program: string, choose: Chooser): string[] {
  const slipped = choose.misspelt(program);
  return choose.one([
    [choose.one([slipped, `sudo ${slipped}`])],
    [
      `${choose.one(['', 'sudo '])}${program} ${choose.one(['-t nett', '--no-such', '-t 5', '-x'])}`,
    ],
    [`cp /usr/bin/${program} /tmp/${program}`, `${choose.one(['', 'sudo '])}/tmp/${program}`],
    [`cp /bin/true ~/${program}`, `~/${program}`],
    [`alias ${program}='echo done'`, program],
    [`docker run --rm nginx ${program}`],
    [
      choose.one([
        `man -w ${program}`,
        `which ${program}`,
        `echo ${program}`,
        'ls -l /proc/self/ns',
      ]),
    ],
  ]);
}
