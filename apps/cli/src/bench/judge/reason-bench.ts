import {
  type Rehearsal,
  rehearse,
  type WrongSequence,
  wrongSequences,
} from '@tatami/lab-format/rehearsal';
import type { Reason, Verdict } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { atOnce } from '../../rehearsal/at-once.ts';
import { RehearsingMachine } from '../../rehearsal/rehearsing-machine.ts';
import { type RunnerParts, RunnerProcess } from '../../rehearsal/runner-process.ts';
import { say } from '../targets.ts';
import type { JudgeFigures } from './judge-targets.ts';
import { drawStep, readLesson } from './lesson-step.ts';

const machines = 6;
const count = 200;
const seed = 1;
const genericKeys = ['reason.no-process', 'reason.no-command'];

/** How many wrong command sequences are told a reason of their own. */
export async function measureReasons(parts: RunnerParts): Promise<{ figures: JudgeFigures }> {
  const lesson = await readLesson();
  const ready = lesson.content('zh-CN').steps.filter(({ status }) => status === 'ready');
  const steps = ready.map(({ id: stepId }) => ({ stepId, ...drawStep(lesson, stepId, 'bench') }));
  const sequences = wrongSequences(
    // What a service lacks and which cause was named are not for a terminal to get wrong.
    steps.map(({ stepId, checks }) => ({
      id: stepId,
      checks: checks.filter(({ service, answer }) => !service && !answer),
    })),
    seed,
    count,
  );
  say(`Typing ${count} wrong command sequences ...`);
  await using runner = await RunnerProcess.start(parts, machines + 1, 1);
  const byStep = steps.map((step) => ({
    step,
    typed: sequences.filter((sequence) => sequence.step === step.stepId),
  }));
  // Whole steps are too uneven to share out, single sequences would begin a machine each.
  const portions = byStep.flatMap(({ step, typed }) =>
    chunks(typed, Math.ceil(count / machines / 3)).map((some) => ({ step, some })),
  );
  const told = await atOnce(
    portions,
    machines,
    async ({ step: { stepId, setup, checks }, some }) => {
      await using machine = await RehearsingMachine.create(runner);
      machine.step = { stepId, setup, checks };
      return await typeAll(machine, some);
    },
  );
  await runner.stop();
  const specific = told.flat().filter(Boolean).length;
  return { figures: { specificReasonRatio: { measured: specific / count, n: count } } };
}

/** @returns whether each was told a reason of its own. */
async function typeAll(machine: Rehearsal, sequences: WrongSequence[]): Promise<boolean[]> {
  await machine.begin();
  const untouched = new Map<string, Verdict | undefined>();
  for (const { check } of sequences) {
    await until(() => machine.verdict(check) !== undefined, { what: `${check} is looked at` });
    untouched.set(check, machine.verdict(check));
  }
  const specific: boolean[] = [];
  for (const sequence of sequences) {
    const before = untouched.get(sequence.check);
    const verdict = await rehearse(machine, sequence, (now) => isSpecific(now, before));
    const good = verdict !== undefined && isSpecific(verdict, before);
    const lines = sequence.type.map(({ text }) => text).join('; ');
    if (!good) say(`${sequence.check}: "${lines}" is told ${JSON.stringify(verdict)}`);
    specific.push(good);
  }
  return specific;
}

/** It says what was done wrong: neither that nothing was done, nor what was said before anything was. */
export function isSpecific(verdict: Verdict, untouched: Verdict | undefined): boolean {
  const reason = reasonOf(verdict);
  if (verdict.status !== 'not-yet' || !reason || genericKeys.includes(reason.key)) return false;
  return JSON.stringify(reason) !== JSON.stringify(untouched && reasonOf(untouched));
}

const reasonOf = (verdict: Verdict): Reason | undefined =>
  'reason' in verdict ? verdict.reason : undefined;

const chunks = <T>(items: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, n) =>
    items.slice(n * size, (n + 1) * size),
  );
