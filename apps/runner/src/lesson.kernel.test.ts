import { until } from '@tatami/sandbox';
import { test } from 'vitest';
import { LessonMachine, run } from '../test/lesson-machine.ts';
import { startRunner } from '../test/running-runner.ts';

test('a container that is entered and removed in one line was entered', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const machine = await LessonMachine.open(runner, '03-nsenter');
  const shell = await machine.shell('1');
  await run(shell, 'docker run -d --name test-nginx nginx');
  await run(shell, "PID=$(docker inspect --format '{{.State.Pid}}' test-nginx)");
  await until(() => machine.reason('nsenter.net') !== 'reason.target-missing', {
    what: 'the container is seen',
  });
  // By its end nothing of the container is left, and no look was promised in between.
  await run(shell, 'sudo nsenter -t $PID -n true; sudo kill -9 $PID');
  await until(() => machine.passed.includes('nsenter.net'), { what: 'nsenter.net passes' });
});
