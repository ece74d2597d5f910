import { readdir, readFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { until } from '@tatami/sandbox';
import { describe, expect, test } from 'vitest';
import { present } from '../test/lesson-machine.ts';
import { faultsOf, type MadeFault, type World, withWorld } from '../test/world.ts';

const setUpLimitMs = 2_000;
const mendLimitMs = 5_000;
const database = '172.20.0.10:5432';
/** How a learner finds the service; in the steps of order-service, docker is out of service. */
const numberOf: Record<string, string> = {
  'shop-api': "$(docker inspect --format '{{.State.Pid}}' shop-api)",
  'order-service': '$(pgrep -nx java)',
};

/** What a learner's shortest way to a fault shows, by the fault's id. */
const shown: Record<string, RegExp> = {
  'name-server-gone': /^nameserver 172\.21\.0\.99$/m,
  'name-server-on-loopback': /^nameserver 127\.0\.0\.53$/m,
  'route-unreachable': /^unreachable 1[\d.]+\/24/m,
  'route-prohibited': /^prohibit 1[\d.]+\/(?:24|28)/m,
  'port-wrong': /connect\(.*htons\(5433\).*ECONNREFUSED/,
  'address-old-hosts-entry': /^172\.20\.0\.11\s+database\.internal/m,
  'filter-outgoing': /hook output[\s\S]*tcp dport 5432 drop[\s\S]*inet_addr\("172\.20\.0\.10"\)/,
  'filter-incoming': /hook input[\s\S]*tcp sport 5432 drop[\s\S]*inet_addr\("172\.20\.0\.10"\)/,
  'lock-deadlock': /S\S*\s+futex\S*\s+worker-1\n.*S\S*\s+futex\S*\s+worker-2/,
  'read-silent-peer': /ESTAB.*172\.20\.0\.30:9000.*java/,
  'frozen-stopped': /^ *\d+ T\S* +java/m,
};

/** Further proofs: commands of root, with the service's number in PID, and what they show. */
const besides: Record<string, { command: string; shows: RegExp }> = {
  'name-server-on-loopback': {
    command: 'nsenter -t $PID -n dig +time=1 +tries=1 @127.0.0.53 database.internal',
    shows: /refused/,
  },
  'filter-incoming': {
    command:
      'nsenter -t $PID -n timeout 5 tcpdump -i eth0 -n -c 2 "tcp port 5432 and tcp[tcpflags] & tcp-syn != 0"',
    shows: /Flags \[S\.\]/,
  },
  'lock-deadlock': {
    command: 'pkill -x store-backup; kill -QUIT $PID; sleep 0.3; docker logs order-service',
    shows: /Found one Java-level deadlock/,
  },
};

describe('the faults', () => {
  let world: World;
  withWorld((opened) => {
    world = opened;
  });

  const asRoot = (container: string, command: string) =>
    world.learn(`PID=${numberOf[container]}; sudo bash -c 'PID=$0; ${command}' $PID`);

  const proves = async ({ id, shortest }: MadeFault, container: string) => {
    const { text } = await world.learn(shortest.map((line) => line.text).join('\n'));
    expect(text).toMatch(present(shown[id], `how is ${id} seen?`));
    const more = besides[id];
    if (more) expect((await asRoot(container, more.command)).text).toMatch(more.shows);
  };

  const isConnected = async () => (await world.connections('shop-api')).includes(database);

  test.each(faultsOf('04-nsenter-debug'))(
    '$id of step 4 is made, seen and mended',
    async (fault) => {
      const { setup, fact, value, mend } = fault;
      expect(await world.quickest(setup, setUpLimitMs)).toBeLessThan(setUpLimitMs);
      await until(async () => (await world.faultFact(fact, 'shop-api')).includes(value), {
        what: `the kernel says ${value}`,
      });
      expect(await isConnected()).toBe(false);
      await proves(fault, 'shop-api');
      // The log does not give it away, and it does not go by itself.
      expect((await world.learn('docker logs shop-api')).text).not.toContain(value);
      expect(await isConnected()).toBe(false);

      await world.learn(mend ?? '');
      await until(isConnected, { what: 'it is connected', timeoutMs: mendLimitMs });
    },
  );

  test('a connection that somebody else tries from the same net namespace proves nothing', async () => {
    const [fault] = faultsOf('04-nsenter-debug').filter(({ id }) => id === 'filter-outgoing');
    await world.setUp(fault?.setup ?? '');
    const { target } = await world.target('shop-api');
    await asRoot(
      'shop-api',
      'nsenter -t $PID -n nc -d 172.20.0.99 5432 </dev/null >/dev/null 2>&1 &',
    );
    await until(
      async () => {
        const { sockets } = await world.look();
        const there = sockets.get(target.ns.net) ?? [];
        return there.some(({ remote }) => remote === '172.20.0.99:5432');
      },
      { what: 'it is under way' },
    );
    await until(async () => (await world.faultFact('dialed-address', 'shop-api')).length > 0, {
      what: 'the service tries too',
    });
    expect(await world.faultFact('dialed-address', 'shop-api')).not.toContain('172.20.0.99');
  });

  const url = 'http://10.88.0.20:8080';
  const answers = async () => (await world.learn(`curl -s -m 0.5 ${url}/health`)).text === 'ok\n';

  const hangs = ['05-production', '06-drill'].flatMap((stepId) =>
    faultsOf(stepId).map((fault) => ({ stepId, ...fault })),
  );

  test.each(hangs)(
    '$id of step $stepId is made, seen and, where it can be, mended',
    async (fault) => {
      const { id, setup, fact, value, mend } = fault;
      expect(await world.quickest(setup, setUpLimitMs)).toBeLessThan(setUpLimitMs);
      expect(await world.faultFact(fact, 'order-service')).toContain(value);
      expect(await answers()).toBe(false);
      await proves(fault, 'order-service');

      expect(mend === null).toBe(id === 'lock-deadlock');
      if (mend === null) return;
      await world.learn(mend);
      await until(answers, { what: 'it answers again', timeoutMs: mendLimitMs });
      expect(await world.faultFact(fact, 'order-service')).not.toContain(value);
    },
  );

  test('each hang waits in a way of its own, under the same command line', async () => {
    const waits: Record<string, string[]> = {};
    const commands = new Set<string>();
    for (const { id, setup } of faultsOf('05-production')) {
      await world.setUp(setup);
      const { target } = await world.target('order-service');
      commands.add(target.argv.join(' '));
      waits[id] = await workerCalls(target.pid);
    }
    expect(commands.size).toBe(1);
    expect(waits).toEqual({
      'lock-deadlock': ['S futex', 'S futex'],
      'read-silent-peer': ['S read', 'S read'],
      'frozen-stopped': expect.arrayContaining([expect.stringMatching(/^T /)]),
    });
  });
});

/** State and system call of each worker thread, by name. */
async function workerCalls(pid: number): Promise<string[]> {
  const names: Record<string, string> =
    arch() === 'arm64' ? { 63: 'read', 98: 'futex' } : { 0: 'read', 202: 'futex' };
  const found: string[] = [];
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const status = await readFile(`/proc/${pid}/task/${task}/status`, 'utf8');
    if (!/^Name:\tworker-/.test(status)) continue;
    const call = (await readFile(`/proc/${pid}/task/${task}/syscall`, 'utf8')).split(' ')[0] ?? '';
    found.push(`${status.match(/^State:\t(\w)/m)?.[1]} ${names[call] ?? call}`);
  }
  return found.sort();
}
