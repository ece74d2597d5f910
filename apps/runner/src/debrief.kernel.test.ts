import { CheckSpec, LearnerPath, type OpenStep, type RunnerEvent } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { expect, test } from 'vitest';
import { present, run } from '../test/lesson-machine.ts';
import { startRunner } from '../test/running-runner.ts';
import { faultsOf } from '../test/world.ts';

const target = { container: 'shop-api' };
const { setup, mend } = present(
  faultsOf('04-nsenter-debug').find(({ id }) => id === 'route-unreachable'),
);
const drill: Omit<OpenStep, 'restart' | 'passed' | 'answers'> = {
  stepId: '06-drill',
  setup,
  drill: true,
  checks: [
    { id: 'drill.look', target, commands: [{ sameAsTarget: ['net'], sameAsMachine: ['mnt'] }] },
    { id: 'drill.mended', target, service: { connectedTo: 5432 } },
    { id: 'drill.cause', target, answer: { cause: 'route' as const, fact: 'route' as const } },
  ].map((check) => CheckSpec.parse(check)),
};

/** A machine with the incident open, and its first terminal. */
async function openDrill(runner: Awaited<ReturnType<typeof startRunner>>) {
  const { id } = await runner.create();
  const events = await runner.events(id);
  const open = (change: Partial<OpenStep> = {}) =>
    runner.request('PUT', `/sandboxes/${id}/step`, { ...drill, ...change });
  expect((await open()).status).toBe(200);
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(/learner@lab-host/);
  const path = async () =>
    LearnerPath.parse((await runner.request('GET', `/sandboxes/${id}/commands`)).body);
  return { id, events, open, terminal, path };
}

const passes = (events: RunnerEvent[], checkId: string) =>
  until(
    () =>
      events.some(
        (event) =>
          event.type === 'verdict' &&
          event.verdict.checkId === checkId &&
          event.verdict.verdict.status === 'passed',
      ),
    { what: `${checkId} passes` },
  );

test('a way through an incident is the lines that were typed, and what they were good for', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const { id, events, terminal, path } = await openDrill(runner);
  // Neither the login shell nor the set-up has typed anything.
  expect(await path()).toEqual({ lines: [], omitted: 0 });

  await run(terminal, 'ping -c 1 -W 1 8.8.8.8');
  await run(terminal, 'docker ps | head -n 3');
  const shown = await run(
    terminal,
    `PID=$(docker inspect --format '{{.State.Pid}}' shop-api); echo is $PID`,
  );
  const pid = present(shown.match(/^is (\d+)$/m)?.[1]);
  await run(terminal, 'sudo nsenter -t $PID -a /bin/bash');
  await run(terminal, 'sudo nsenter -t $PID -n ip route get 172.20.0.10');
  await passes(events, 'drill.look');
  await run(terminal, 'cat /proc/$PID/stack');
  await run(terminal, 'sudo grep State /proc/$PID/status');
  await run(terminal, 'ps aux | grep shop');
  await run(terminal, 'bash -c "hostname; true"');
  await run(terminal, 'sudo bash');
  await run(terminal, 'lsns');
  await run(terminal, 'exit');
  const { status } = await runner.request('PUT', `/sandboxes/${id}/answers/drill.cause`, {
    cause: 'route',
    value: '172.20.0.0/24',
  });
  expect(status).toBe(204);
  await passes(events, 'drill.cause');
  for (const line of present(mend ?? undefined)
    .trim()
    .split('\n'))
    await run(terminal, line);
  await passes(events, 'drill.mended');

  const { lines, omitted } = await path();
  expect(omitted).toBe(0);
  const told = lines.map(({ command, exitCode, ticked, helped }) =>
    [helped ? '+' : '-', exitCode ?? '?', ...ticked, command].join(' '),
  );
  expect(told.slice(0, 12)).toEqual([
    '- 0 ping -c 1 -W 1 8.8.8.8',
    '+ 0 docker ps | head -n 3',
    "+ 0 docker inspect --format '{{.State.Pid}}' shop-api",
    `- 127 sudo nsenter -t ${pid} -a /bin/bash`,
    `+ 2 drill.look sudo nsenter -t ${pid} -n ip route get 172.20.0.10`,
    `- 1 cat /proc/${pid}/stack`,
    `+ 0 sudo grep State /proc/${pid}/status`,
    '- 0 ps aux | grep --color=auto shop',
    "- 0 bash -c 'hostname; true'",
    '- 0 sudo bash',
    '- 0 lsns',
    "+ 0 docker inspect --format '{{.State.Pid}}' shop-api",
  ]);
  expect(lines.at(-1)).toMatchObject({ ticked: ['drill.mended'], helped: true });
  const times = lines.map(({ at }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('an incident that is opened anew begins with an empty path, and other steps keep none', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const { id, open, terminal, path } = await openDrill(runner);
  await run(terminal, 'hostname');
  await until(async () => (await path()).lines.length === 1, { what: 'the line is known' });
  await open();
  expect((await path()).lines).toEqual([]);
  await open({ drill: false });
  await run(terminal, 'hostname');
  expect((await path()).lines).toEqual([]);
  await runner.request('DELETE', `/sandboxes/${id}`);
  expect(await runner.request('GET', `/sandboxes/${id}/commands`)).toMatchObject({
    status: 404,
    body: { error: { code: 'sandbox.unknown' } },
  });
});
