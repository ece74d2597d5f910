import { until } from '@tatami/sandbox';
import { describe, expect, test } from 'vitest';
import { commandText, LessonMachine, present, run, setupsOf } from '../test/lesson-machine.ts';
import { startRunner } from '../test/running-runner.ts';
import { type World, withWorld } from '../test/world.ts';

const outage = present(setupsOf('05-production')[0]);

describe('a container engine whose lock is held', () => {
  let world: World;
  withWorld((opened) => {
    world = opened;
  });

  const answers = async (command: string) =>
    (await world.learn(`sudo timeout 1 ${command} >/dev/null`)).status === 0;
  const holders = async () => (await world.look()).processes.filter(isHolder);
  const isHolder = ({ program }: { program: string | null }) => program === 'store-backup';

  test('answers nothing, shows who holds it, and goes on once that has ended', async () => {
    await world.setUp(outage);
    for (const command of ['ps', 'images', 'inspect order-service', 'logs order-service'])
      expect(await answers(`docker ${command}`)).toBe(false);
    expect(await answers('docker exec order-service true')).toBe(false);

    const waiting = world.learn('docker exec order-service cat /proc/1/comm');
    const [holder] = await holders();
    await until(
      async () =>
        new RegExp(`^podman +\\d+ +${holder?.pids[0]} .*/storage\\.lock$`, 'm').test(
          (await world.learn('sudo lslocks -o COMMAND,PID,BLOCKER,PATH')).text,
        ),
      { what: 'the kernel says who waits for whom' },
    );
    await world.learn('sudo kill $(pgrep -x store-backup)');
    expect((await waiting).text).toBe('java\n');
    expect(await answers('docker ps')).toBe(true);
    // Nobody starts it again.
    expect(await holders()).toEqual([]);
  });

  test('each neighbour has one companion, another one from time to time', async () => {
    const pairs = async () => {
      const { processes, machine } = await world.look();
      const daemons = processes.filter(({ argv }) => argv[1] === 'infinity');
      expect(daemons.every(({ parent, tty }) => parent === machine.pid && !tty)).toBe(true);
      const spaces = new Set(daemons.map(({ ns }) => ns.net));
      expect(spaces.has(machine.ns.net)).toBe(false);
      return [...spaces].map((net) =>
        daemons
          .filter(({ ns }) => ns.net === net)
          .map(({ argv }) => argv[0])
          .sort()
          .join(),
      );
    };
    const seen = new Set<string>();
    for (let times = 0; seen.size < 4 && times < 40; times++) {
      await world.setUp('/usr/local/libexec/neighbours batch-import mail-relay report-job');
      const three = await pairs();
      expect(three).toHaveLength(3);
      for (const pair of three)
        expect(pair).toMatch(
          /^(batch-import|mail-relay|report-job)?,?(log-shipper|metrics-agent|queue-worker),?(batch-import|mail-relay|report-job)?$/,
        );
      for (const pair of three) seen.add(pair);
    }
    expect(seen.size).toBeGreaterThan(3);
  });
});

test('the PID of a container that was started anew is the new one', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const machine = await LessonMachine.open(runner, '04-nsenter-debug');
  await machine.looked();
  const shell = await machine.shell('1');
  const pid = async () =>
    present((await run(shell, commandText('04-nsenter-debug', 'pid'))).match(/^PID: (\d+)$/m)?.[1]);
  const before = await pid();
  await run(shell, 'docker restart --time 0 shop-api');
  await machine.answer('debug.pid', { value: before });
  await machine.says('debug.pid', 'reason.answer-pid');
  await machine.answer('debug.pid', { value: await pid() });
  await until(() => machine.passed.includes('debug.pid'), { what: 'the new one is right' });
});
