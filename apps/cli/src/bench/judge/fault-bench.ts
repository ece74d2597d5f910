import { isDeepStrictEqual } from 'node:util';
import type { Drawn, LabStep } from '@tatami/lab-format/loader';
import { until } from '@tatami/sandbox';
import { atOnce } from '../../rehearsal/at-once.ts';
import { readable } from '../../rehearsal/readable.ts';
import { RehearsingMachine } from '../../rehearsal/rehearsing-machine.ts';
import { type RunnerParts, RunnerProcess } from '../../rehearsal/runner-process.ts';
import { answerAndMend } from '../../rehearsal/troubleshoot.ts';
import { settle } from '../../rehearsal/verdicts.ts';
import { say } from '../targets.ts';
import type { JudgeFigures } from './judge-targets.ts';
import { readLesson } from './lesson-step.ts';
import { type Troubleshooter, troubleshooters } from './troubleshooters.ts';

const machines = 3;
const wellTimeoutMs = 15_000;

interface Variant {
  step: LabStep;
  drawn: Drawn;
  troubleshooter: Troubleshooter;
}

/** How many faults of the lesson are made, found by its own commands alone and, where they can be, mended. */
export async function measureFaults(parts: RunnerParts): Promise<{ figures: JudgeFigures }> {
  const lesson = await readLesson();
  const variants = Object.entries(troubleshooters).flatMap(
    ([stepId, troubleshooter]): Variant[] => {
      const step = lesson.step(stepId);
      return step ? step.draws.map((drawn) => ({ step, drawn, troubleshooter })) : [];
    },
  );
  say(`Finding and mending ${variants.length} faults ...`);
  await using runner = await RunnerProcess.start(parts, machines + 1, 1);
  const solved = await atOnce(variants, machines, async (variant) => {
    const failure = await solve(runner, variant).then(
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
async function solve(
  runner: RunnerProcess,
  { step, drawn, troubleshooter }: Variant,
): Promise<void> {
  const { setup, checks, fault } = drawn;
  if (!fault) throw new Error('nothing is drawn');
  await using machine = await RehearsingMachine.create(runner);
  machine.step = { stepId: step.id, setup, checks };
  await machine.open();
  await settle(machine);

  const { reads, conclude, well } = troubleshooter;
  const shown = new Map<string, string>();
  for (const command of reads) shown.set(command, await read(machine, step, command));
  const answer = conclude((command) => shown.get(command) ?? '');
  if (!isDeepStrictEqual(answer, { cause: fault.cause, value: fault.value }))
    throw new Error(`it is taken for ${JSON.stringify(answer)}`);
  await answerAndMend(machine, { fault, checks, shown: [...shown.values()].join('') });
  if (fault.mend && well)
    await until(async () => well.shows.test(await read(machine, step, well.command)), {
      what: 'the service is well again',
      timeoutMs: wellTimeoutMs,
    });
}

/** What the terminal shows for a command of the lesson. */
async function read(machine: RehearsingMachine, step: LabStep, command: string): Promise<string> {
  const text = step.commands.find(({ id }) => id === command)?.text;
  if (text === undefined) throw new Error(`step ${step.id} has no command ${command}`);
  return readable((await machine.type('1', text.trim().split('\n'))).join(''));
}
