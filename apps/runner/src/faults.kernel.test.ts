import { readdir, readFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { until } from '@tatami/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf, pidOf, World } from '../test/world.ts';

const setUpLimitMs = 2_000;
const mendLimitMs = 5_000;
const database = '172.20.0.10:5432';

/** What the kernel says of a fault, and a command by which a learner sees it. */
interface Proof {
  value: string;
  command: string;
  shows: RegExp;
}

const network: Record<string, Proof> = {
  'name-server-gone': {
    value: '172.21.0.99',
    command: 'cat /proc/$PID/root/etc/resolv.conf',
    shows: /^nameserver 172\.21\.0\.99$/m,
  },
  'name-server-on-loopback': {
    value: '127.0.0.53',
    command: 'nsenter -t $PID -n dig +time=1 +tries=1 @127.0.0.53 database.internal',
    shows: /refused/,
  },
  'route-unreachable': {
    value: '172.20.0.0/24',
    command: 'nsenter -t $PID -n ip route get 172.20.0.10',
    shows: /No route to host/,
  },
  'route-prohibited': {
    value: '172.20.0.0/24',
    command: 'nsenter -t $PID -n ip route',
    shows: /^prohibit 172\.20\.0\.0\/24/m,
  },
  'port-wrong': {
    value: '5433',
    command: 'timeout 4 strace -f -e trace=connect -p $PID',
    shows: /connect\(.*htons\(5433\).*ECONNREFUSED/,
  },
  'address-old-hosts-entry': {
    value: '172.20.0.11',
    command: 'for n in {1..40}; do nsenter -t $PID -n ss -tn state syn-sent; sleep 0.1; done',
    shows: /172\.20\.0\.11:5432/,
  },
  'filter-outgoing': {
    value: '172.20.0.10',
    command: 'nsenter -t $PID -n nft list ruleset',
    shows: /hook output[\s\S]*tcp dport 5432 drop/,
  },
  'filter-incoming': {
    value: '172.20.0.10',
    command: 'nsenter -t $PID -n timeout 5 tcpdump -i eth0 -n -c 2 port 5432',
    shows: /Flags \[S\.\]/,
  },
};

const hangs: Record<string, Proof> = {
  'lock-deadlock': {
    value: 'futex',
    command: 'kill -QUIT $PID; sleep 0.3; docker logs order-service',
    shows: /Found one Java-level deadlock/,
  },
  'read-silent-peer': {
    value: '172.20.0.30:9000',
    command: 'nsenter -t $PID -n ss -tnp',
    shows: /ESTAB.*172\.20\.0\.30:9000.*java/,
  },
  'frozen-stopped': { value: 'T', command: 'ps -o stat= -p $PID', shows: /^T/ },
};

/** @throws when the lesson has a fault that nothing here proves. */
const proven = (stepId: string, proofs: Record<string, Proof>) =>
  faultsOf(stepId).map((fault) => {
    const proof = proofs[fault.id];
    if (!proof) throw new Error(`how is ${fault.id} seen?`);
    return { ...fault, ...proof };
  });

describe('the faults', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(async () => {
    const left = await world.close();
    await world[Symbol.asyncDispose]();
    expect(left).toEqual([]);
  });

  const asRoot = (container: string, command: string) =>
    world.learn(`${pidOf(container)}; sudo bash -c 'PID=$0; ${command}' $PID`);

  const isConnected = async () => (await world.connections('shop-api')).includes(database);

  test.each(proven('04-nsenter-debug', network))(
    '$id of step 4 is made, seen and mended',
    async ({ setup, fact, mend, value, command, shows }) => {
      expect(await world.quickest(setup, setUpLimitMs)).toBeLessThan(setUpLimitMs);
      await until(async () => (await world.faultFact(fact, 'shop-api')).includes(value), {
        what: `the kernel says ${value}`,
      });
      expect(await isConnected()).toBe(false);
      expect((await asRoot('shop-api', command)).text).toMatch(shows);
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

  const url =
    "http://$(docker inspect --format '{{.NetworkSettings.IPAddress}}' order-service):8080";
  const answers = async () => (await world.learn(`curl -s -m 0.5 ${url}/health`)).text === 'ok\n';

  test.each(proven('05-production', hangs))(
    '$id of step 5 is made, seen and, where it can be, mended',
    async ({ id, setup, fact, mend, value, command, shows }) => {
      expect(await world.quickest(setup, setUpLimitMs)).toBeLessThan(setUpLimitMs);
      expect(await world.faultFact(fact, 'order-service')).toContain(value);
      expect(await answers()).toBe(false);
      expect((await asRoot('order-service', command)).text).toMatch(shows);

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
