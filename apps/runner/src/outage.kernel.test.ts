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
    const daemons = async () =>
      (await world.look()).processes.filter(({ argv }) => argv[1] === 'infinity');
    const pairs = async () => {
      const { machine } = await world.look();
      const all = await daemons();
      expect(all.every(({ parent, tty }) => parent === machine.pid && !tty)).toBe(true);
      const spaces = new Set(all.map(({ ns }) => ns.net));
      expect(spaces.has(machine.ns.net)).toBe(false);
      return [...spaces].map((net) =>
        all
          .filter(({ ns }) => ns.net === net)
          .map(({ argv }) => argv[0])
          .sort()
          .join(),
      );
    };
    const seen = new Set<string>();
    for (let times = 0; seen.size < 4 && times < 40; times++) {
      await world.setUp('/usr/local/libexec/neighbours batch-import mail-relay report-job');
      await until(async () => (await daemons()).length === 6, { what: 'all six run' });
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

/** Everybody of a name with a companion in one net namespace, and who comes into those that are made. */
const planted = `
  echo 30000 >/proc/sys/kernel/ns_last_pid
  unshare --net bash -c 'for n in batch-import mail-relay report-job; do
    bash -c "exec -a $n sleep 600" &
  done; wait' &
  for n in batch-import mail-relay report-job; do
    old=$(pgrep -x $n); until new=$(pgrep -x $n) && [ $new != $old ]; do :; done
    nsenter -t $new -n sleep 500 &
  done
  wait
`;

test('what a learner has put in place before a step is opened is no part of what is asked', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const machine = await LessonMachine.open(runner, '05-production');
  const shell = await machine.shell('1');
  const words = Buffer.from(planted).toString('base64');
  await run(shell, `echo ${words} | base64 -d >planted`);
  await run(shell, 'sudo bash planted >/dev/null 2>&1 &');
  await until(async () => (await pids(shell, '-fx "mail-relay 600"')).length === 1, {
    what: 'the names are taken',
  });
  await machine.open();
  await machine.looked();
  const check = 'production.shares';
  const judged = async (value: string) => {
    await machine.answer(check, { value });
    const verdict = () => JSON.stringify(machine.verdict(check));
    await until(() => verdict()?.includes(`"${value}"`) || machine.passed.includes(check), {
      what: `${value} is judged`,
    });
    return machine.passed.includes(check);
  };
  const joined = await pids(shell, '-fx "sleep 500"');
  expect(joined.length).toBeGreaterThan(0);
  for (const pid of ['30001', ...joined]) expect([pid, await judged(pid)]).toEqual([pid, false]);
  const right: string[] = [];
  for (const pid of await pids(shell, '-fx "(log-shipper|metrics-agent|queue-worker) infinity"'))
    if (await judged(pid)) right.push(pid);
  expect(right.length).toBeGreaterThan(0);
});

const pids = async (shell: Parameters<typeof run>[0], pattern: string): Promise<string[]> =>
  (await run(shell, `pgrep ${pattern}`)).match(/^\d+$/gm) ?? [];
