import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildNative } from '@tatami/sandbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Door, type Visitor } from './door.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const path = '/sandboxes/1/terminals/1/stream?from=7';

let dir: string;
let program: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tatami-door-'));
  program = (await buildNative(dir)).handoff;
}, 60_000);
afterAll(() => rm(dir, { recursive: true }));

/** An open door, and a network connection whose server side is to be handed over. */
async function setUp() {
  const visitors: Visitor[] = [];
  const warnings: string[] = [];
  const at = join(dir, 'browsers.sock');
  const door = new Door({ program, path: at, warn: (message) => warnings.push(message) });
  door.receive((visitor) => visitors.push(visitor));
  door.open(undefined);
  const network = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(network, 'listening');
  const address = network.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const connection = async () => {
    const browser = connect(port, '127.0.0.1').on('error', () => undefined);
    const [given] = (await once(network, 'connection')) as [Socket];
    return { browser, given };
  };
  return {
    ...{ visitors, warnings, at, connection },
    /** What the server does; resolves with its side of the lease. */
    async give(text: string, what: Socket | ChildProcess['stdout']): Promise<Socket> {
      const lease = await reach(at);
      const stdio = ['ignore', 'ignore', 'inherit', what, lease] as const;
      const child = spawn(program, ['give', text], { stdio: [...stdio], env: {} });
      what?.destroy();
      await once(child, 'exit');
      return lease.resume();
    },
    async [Symbol.asyncDispose]() {
      door.close();
      for (const { socket, lease } of visitors) for (const one of [socket, lease]) one.destroy();
      network.close();
    },
  };
}

/** Connects, once somebody is there. */
async function reach(at: string): Promise<Socket> {
  let socket: Socket | undefined;
  await expect
    .poll(
      () =>
        new Promise((resolve) => {
          socket = connect(at, () => resolve(true)).on('error', () => resolve(false));
        }),
      { timeout: 5000 },
    )
    .toBe(true);
  return socket as Socket;
}

const childOf = (at: string): number => {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  const pids = children.split(' ').filter(Boolean).map(Number);
  return pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(at)) ?? 0;
};

test('R34: what comes is the connection itself, with what is asked for, and a lease', async () => {
  await using opened = await setUp();
  const { browser, given } = await opened.connection();
  const lease = await opened.give(`${key} ${path}`, given);
  await expect.poll(() => opened.visitors).toHaveLength(1);
  const [visitor] = opened.visitors as [Visitor];
  expect(visitor).toMatchObject({ key, path });
  browser.write('typed');
  expect(String((await once(visitor.socket, 'data'))[0])).toBe('typed');
  visitor.socket.write('printed');
  expect(String((await once(browser, 'data'))[0])).toBe('printed');
  expect(visitor.socket.remotePort).toBe(browser.localPort);
  lease.end('4011');
  expect(String((await once(visitor.lease, 'data'))[0])).toBe('4011');
});

test('R34: several come at once, each with its own', async () => {
  await using opened = await setUp();
  const connections: Awaited<ReturnType<typeof opened.connection>>[] = [];
  while (connections.length < 20) connections.push(await opened.connection());
  const ports = new Map<string, number | undefined>();
  await Promise.all(
    connections.map(({ browser, given }, n) => {
      ports.set(`/${n}`, given.remotePort);
      browser.unref();
      return opened.give(`${key} /${n}`, given);
    }),
  );
  await expect.poll(() => opened.visitors).toHaveLength(connections.length);
  for (const visitor of opened.visitors)
    expect(visitor.socket.remotePort).toBe(ports.get(visitor.path));
});

test('whatever is no handshake or no connection of the network is turned away', async () => {
  await using opened = await setUp();
  for (const text of ['', key, `short ${path}`, `${key} ${path} more`, `${key} /"},{"cmd":"`]) {
    const { given } = await opened.connection();
    await once(await opened.give(text, given), 'close');
  }
  const piped = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(await opened.give(`${key} ${path}`, piped.stdout), 'close');
  piped.kill();
  const nothing = await reach(opened.at);
  nothing.resume().write(`${key} ${path}`);
  await once(nothing, 'close');
  const silent = (await reach(opened.at)).resume();
  await once(silent, 'close');
  expect(opened.visitors).toEqual([]);
}, 20_000);

test('only root may come unless a group is named, and the one behind it is nobody', async () => {
  await using opened = await setUp();
  (await reach(opened.at)).destroy();
  expect((await stat(opened.at)).mode & 0o777).toBe(0o600);
  const status = readFileSync(`/proc/${childOf(opened.at)}/status`, 'utf8');
  if (process.getuid?.() === 0) expect(status).toMatch(/^Uid:\t65534\t65534/m);
  expect(status).toMatch(/^CapPrm:\t0+$/m);
  expect(status).toMatch(/^NoNewPrivs:\t1$/m);
});

test('who is in stays in when the door closes, and it opens again', async () => {
  await using opened = await setUp();
  const first = await opened.connection();
  await opened.give(`${key} /first`, first.given);
  await expect.poll(() => opened.visitors).toHaveLength(1);
  process.kill(childOf(opened.at), 'SIGKILL');
  await expect.poll(() => opened.warnings).toHaveLength(1);
  first.browser.write('still here');
  expect(String((await once(opened.visitors[0]?.socket as Socket, 'data'))[0])).toBe('still here');
  const second = await opened.connection();
  await opened.give(`${key} /second`, second.given);
  await expect.poll(() => opened.visitors).toHaveLength(2);
});
