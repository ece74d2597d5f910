import { stripVTControlCharacters } from 'node:util';
import type { Drawn, Lab } from '@tatami/lab-format/loader';
import { type Troubleshooter, troubleshooters } from '@tatami/lab-format/rehearsal';
import { until } from '@tatami/sandbox';
import { atOnce } from '../../rehearsal/at-once.ts';
import { RehearsingMachine } from '../../rehearsal/rehearsing-machine.ts';
import { type RunnerParts, RunnerProcess } from '../../rehearsal/runner-process.ts';
import { say } from '../targets.ts';
import type { JudgeFigures } from './judge-targets.ts';
import { readLesson } from './lesson-step.ts';

const machines = 3;
const toldTimeoutMs = 15_000;

interface Variant {
  stepId: string;
  drawn: Drawn;
  troubleshooter: Troubleshooter;
}

/** How many faults of the lesson are made, found by its own commands alone and, where they can be, mended. */
export async function measureFaults(parts: RunnerParts): Promise<{ figures: JudgeFigures }> {
  const lesson = await readLesson();
  const variants = Object.entries(troubleshooters).flatMap(([stepId, troubleshooter]) =>
    (lesson.step(stepId)?.draws ?? []).map((drawn) => ({ stepId, drawn, troubleshooter })),
  );
  say(`Finding and mending ${variants.length} faults ...`);
  await using runner = await RunnerProcess.start(parts, machines + 1, 1);
  const solved = await atOnce(variants, machines, async (variant) => {
    const failure = await solve(runner, lesson, variant).then(
      () => null,
      (error: Error) => error.message,
    );
    if (failure !== null) say(`${variant.drawn.fault?.id}: ${failure}`);
    return failure === null;
  });
  await runner.stop();
  const count = solved.filter(Boolean).length;
  return { figures: { faultVariants: { measured: count, n: variants.length } } };
}

/** @throws what is not as it must be. */
async function solve(runner: RunnerProcess, lesson: Lab, variant: Variant): Promise<void> {
  const { stepId, drawn, troubleshooter } = variant;
  const { setup, checks } = drawn;
  await using machine = await RehearsingMachine.create(runner);
  machine.step = { stepId, setup, checks };
  await machine.begin();
  const asked = checks.find(({ answer }) => answer?.cause);
  if (!asked) throw new Error('nothing is asked for');
  const told = (what: string, id: string, is: (key: string | null) => boolean) =>
    until(
      () => {
        const verdict = machine.verdict(id);
        return verdict !== undefined && is('reason' in verdict ? verdict.reason.key : null);
      },
      { what: `${what}; ${JSON.stringify(machine.verdict(id))}`, timeoutMs: toldTimeoutMs },
    );
  await told('the kernel shows the fault', asked.id, (key) => key === 'reason.answer-missing');

  const shown = await readAll(machine, lesson, variant);
  await machine.answer(asked.id, troubleshooter.conclude(shown));
  const answered = (key: string | null) => key === null || !key.startsWith('reason.answer-');
  await told('the cause is accepted', asked.id, answered);

  const mend = drawn.fault?.mend;
  if (mend) {
    await machine.type('1', mend.trim().split('\n'));
    const { well } = troubleshooter;
    if (well)
      await until(
        async () => well.shows.test(await readOne(machine, lesson, stepId, well.command)),
        { what: 'the service is well again', timeoutMs: toldTimeoutMs },
      );
  }
  for (const { id } of checks.filter(({ service, answer }) => service || answer?.cause))
    if (mend || id === asked.id) await told(`${id} passes`, id, (key) => key === null);
}

async function readAll(
  machine: RehearsingMachine,
  lesson: Lab,
  { stepId, troubleshooter }: Variant,
): Promise<(command: string) => string> {
  const shown = new Map<string, string>();
  for (const command of troubleshooter.reads)
    shown.set(command, await readOne(machine, lesson, stepId, command));
  return (command) => shown.get(command) ?? '';
}

/** What the terminal shows for a command of the lesson. */
async function readOne(
  machine: RehearsingMachine,
  lesson: Lab,
  stepId: string,
  command: string,
): Promise<string> {
  const step = lesson.content('zh-CN').steps.find(({ id }) => id === stepId);
  const text = step?.commands.find(({ id }) => id === command)?.text;
  if (text === undefined) throw new Error(`step ${stepId} has no command ${command}`);
  const shown = await machine.type('1', text.trim().split('\n'));
  return stripVTControlCharacters(shown.join('')).replaceAll('\r', '');
}
