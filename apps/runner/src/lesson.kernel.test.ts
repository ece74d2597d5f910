import { setTimeout as delay } from 'node:timers/promises';
import { type Shown, troubleshooters } from '@tatami/lab-format/rehearsal';
import type { CheckSpec } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { describe, expect, test } from 'vitest';
import {
  commandsOf,
  commandText,
  faultsOf,
  LessonMachine,
  lesson,
  present,
  readySteps,
  run,
} from '../test/lesson-machine.ts';
import { startRunner } from '../test/running-runner.ts';
import { blindEveryMs } from './machines/kernel-watch.ts';

/** Blocks that keep their terminal until another ends what they started. */
const holding = ['iso-start', 'engine-hangs', 'enter-net'];
/** Before such a block a learner looks around; here a look of the watch is all that must fit. */
const leaves = /^exit$|docker stop|kill -9/;

/** Types blocks of the lesson. @returns what each showed. */
async function type(machine: LessonMachine, blocks: ReturnType<typeof commandsOf>): Promise<Shown> {
  const shown = new Map<string, string>();
  for (const { id, terminal, text } of blocks) {
    const shell = await machine.shell(terminal);
    if (leaves.test(text)) await delay(2 * blindEveryMs);
    if (holding.includes(id)) shell.type(`${text}\r`);
    else shown.set(id, await run(shell, text));
  }
  return (id) => present(shown.get(id), `${id} was not typed`);
}

/** Names what is asked for, then mends what was drawn where that can be done. */
async function answerAndMend(machine: LessonMachine, stepId: string, shown: Shown): Promise<void> {
  const { checks, fault } = machine.step;
  for (const { id, answer } of checks) {
    if (answer?.cause) await machine.answer(id, present(troubleshooters[stepId]).conclude(shown));
    else if (answer) await solve(machine, stepId, id);
  }
  // A line of its own each: sudo throws away what was typed ahead.
  for (const line of fault?.mend?.trim().split('\n') ?? [])
    await run(await machine.shell('1'), line);
}

/** Types the solution of a check, and what it says or shows last into the form where something is asked. */
async function solve(machine: LessonMachine, stepId: string, checkId: string): Promise<void> {
  const step = present(lesson.step(stepId));
  const { lines, answer } = present(step.solution(checkId, machine.step) ?? undefined);
  let shown = '';
  for (const { terminal, text } of lines) shown = await run(await machine.shell(terminal), text);
  const asks = machine.step.checks.some(({ id, answer: asked }) => id === checkId && asked);
  const [, value] = shown.match(/^ *(\d+)\n.*$/m) ?? [];
  if (asks) await machine.answer(checkId, answer ?? { value: present(value) });
}

/** Polls until these checks are passed. */
async function pass(machine: LessonMachine, checks: CheckSpec[]): Promise<void> {
  const open = () => checks.map(({ id }) => id).filter((id) => !machine.passed.includes(id));
  await until(() => open().length === 0, { what: 'all pass', timeoutMs: 8_000 }).catch(() => {
    throw new Error(`not passed: ${JSON.stringify(open().map((id) => [id, machine.verdict(id)]))}`);
  });
}

async function expectUntouched(machine: LessonMachine): Promise<void> {
  await machine.looked();
  await delay(2 * blindEveryMs);
  expect(machine.passed).toEqual([]);
}

const drills = readySteps.filter((id) => present(lesson.step(id)).drill);

describe.each(readySteps.filter((id) => !drills.includes(id)))('step %s', (stepId) => {
  test('ticks nothing on the untouched machine, everything by its commands', async () => {
    await using runner = await startRunner({ TATAMI_WARM: 0 });
    const machine = await LessonMachine.open(runner, stepId);
    await expectUntouched(machine);
    const shown = await type(machine, commandsOf(stepId));
    if (machine.step.fault) await answerAndMend(machine, stepId, shown);
    await pass(machine, machine.step.checks);
  });
});

const faults = Object.keys(troubleshooters).flatMap((stepId) =>
  faultsOf(stepId).map((fault) => ({ stepId, fault })),
);

// A learner of step 4 mostly waits for the service to try again: the faults share that time.
test.concurrent.each(faults)(
  '$fault of step $stepId is found and mended from the host',
  async (drawn) => {
    await using runner = await startRunner({ TATAMI_WARM: 0 });
    const machine = await LessonMachine.open(runner, drawn.stepId, drawn.fault);
    await expectUntouched(machine);
    const { reads } = present(troubleshooters[drawn.stepId]);
    const blocks = commandsOf(drawn.stepId).filter(({ id }) => reads.includes(id));
    const shown = await type(machine, blocks);
    expect(machine.passed).not.toContainEqual(expect.stringMatching(/cause|mended/));
    await answerAndMend(machine, drawn.stepId, shown);
    await pass(
      machine,
      machine.step.checks.filter(({ answer, service }) => answer || service),
    );
  },
);

const incidents = drills.flatMap((stepId) => faultsOf(stepId).map((fault) => ({ stepId, fault })));

test.concurrent.each(incidents)(
  '$fault of drill $stepId is looked into, named and mended',
  async ({ stepId, fault }) => {
    await using runner = await startRunner({ TATAMI_WARM: 0 });
    const machine = await LessonMachine.open(runner, stepId, fault);
    await expectUntouched(machine);
    await type(machine, commandsOf(stepId));
    expect(machine.passed).toEqual([]);
    for (const { id } of machine.step.checks) {
      await solve(machine, stepId, id);
      await pass(
        machine,
        machine.step.checks.filter((check) => check.id === id),
      );
    }
    // Neither asking the service nor the engine that hangs helped; everything that solves it did.
    const { lines } = await machine.path();
    const unhelpful = lines.filter(({ helped }) => !helped).map(({ command }) => command);
    expect(unhelpful).toEqual([
      expect.stringMatching(/^curl /),
      expect.stringMatching(/^sudo timeout 3 docker exec /),
    ]);
    const ticked = lines.flatMap((line) => line.ticked ?? []);
    expect(ticked.length).toBeGreaterThanOrEqual(3);
  },
);

test('the machine shows what the prose of the first steps says', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const machine = await LessonMachine.open(runner, '01-unshare');
  const one = await machine.shell('1');
  const two = await machine.shell('2');
  await run(one, 'sudo unshare --pid /bin/bash');
  expect(await run(one, 'echo $$')).not.toMatch(/^1$/m);
  expect(await run(one, 'ps aux')).toContain('/bin/bash --l');
  expect(await run(one, 'ps aux')).toContain('fork: Cannot allocate memory');
  await run(one, 'exit');

  await run(one, 'sudo unshare --pid --fork /bin/bash');
  expect(await run(one, 'echo $$')).toMatch(/^1$/m);
  expect(await run(one, 'ps aux')).toContain('/bin/bash --l');
  expect(await run(one, 'readlink /proc/self')).toMatch(/^\d{2,}$/m);
  await run(one, 'exit');

  await run(one, 'sudo unshare --pid --fork --mount-proc /bin/bash');
  await run(one, 'sleep 3600 &');
  // Between fork and exec, ps still calls it /bin/bash.
  await until(
    async () => / 1 .*\/bin\/bash\n.* 2 .*sleep 3600\n.*ps aux\n/.test(await run(one, 'ps aux')),
    { what: 'bash and sleep are PID 1 and 2' },
  );
  const outside = await run(two, commandText('02-namespaces', 'pid-outside'));
  // After the echoed command: two sudo, unshare, bash and sleep.
  expect(outside.match(/^root .*$/gm)).toHaveLength(5);
  const both = await run(two, commandText('02-namespaces', 'pid-both'));
  expect(both).toMatch(/NSpid:\t\d{2,}\t2\n/);
  await run(one, 'exit');
  expect(await run(two, 'pgrep -ax sleep')).not.toContain('3600');
});

test('opening the step again repairs a machine that was changed by mistake', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const machine = await LessonMachine.open(runner, '02-namespaces');
  const one = await machine.shell('1');
  await run(
    one,
    'mkdir /tmp/myroot; sudo mount -t tmpfs none /tmp/myroot; sudo hostname other; ipcmk -M 1024',
  );
  const spoilt = {
    'ns.mount': 'reason.mount-on-machine',
    'ns.uts': 'reason.machine-hostname-changed',
    'ns.ipc': 'reason.shm-on-machine',
  };
  for (const [id, key] of Object.entries(spoilt)) await machine.says(id, key);
  await machine.open();
  for (const [id, key] of Object.entries(spoilt))
    await until(() => machine.reason(id) !== key, { what: `${id} no longer says ${key}` });
  expect(await run(one, 'hostname; ls -d /tmp/myroot')).toMatch(/^lab-host\n.*No such/m);
});

test('a container that is entered and removed in one line was entered', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const machine = await LessonMachine.open(runner, '03-nsenter');
  const shell = await machine.shell('1');
  await run(shell, 'docker run -d --name test-nginx nginx');
  await run(shell, "PID=$(docker inspect --format '{{.State.Pid}}' test-nginx)");
  // By its end nothing of the container is left, and no look was promised in between.
  await run(shell, 'sudo nsenter -t $PID -n true; sudo kill -9 $PID');
  await until(() => machine.passed.includes('nsenter.net'), { what: 'nsenter.net passes' });
});
