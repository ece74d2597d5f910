import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@tatami/sandbox';
import { describe, expect, test } from 'vitest';
import { commandsOf, commandText, LessonMachine, readySteps, run } from '../test/lesson-machine.ts';
import { startRunner } from '../test/running-runner.ts';
import { blindEveryMs } from './machines/kernel-watch.ts';

describe.each(readySteps)('step %s', (stepId) => {
  test('ticks nothing on the untouched machine, everything by its commands', async () => {
    await using runner = await startRunner({ TATAMI_WARM: 0 });
    const machine = await LessonMachine.open(runner, stepId);
    await machine.looked();
    await delay(2 * blindEveryMs);
    expect(machine.passed).toEqual([]);

    for (const { terminal, text } of commandsOf(stepId)) {
      // A learner looks around before leaving; here a look of the watch is all that must fit.
      if (text === 'exit') await delay(2 * blindEveryMs);
      await run(await machine.shell(terminal), text);
    }
    expect(machine.passed.sort()).toEqual(machine.step.checks.map(({ id }) => id).sort());
  });
});

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
