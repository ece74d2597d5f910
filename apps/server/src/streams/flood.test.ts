import { once } from 'node:events';
import { createConnection } from 'node:net';
import { expect, test } from 'vitest';
import { eventually, startServer, type TestSocket } from '../../test/running-server.ts';
import { openFrame, TunnelClient } from '../../test/tunnel-client.ts';

const lab = '/api/labs/01-echo';
const terminal = `${lab}/terminals/1/stream?cols=80&rows=24`;
const attempts = 1000;
/** What a learner has at once, and what refills while attempts last. */
const allowed = (ms: number) => 60 + ms / 100;
/** A key of another learner comes back within this, on two cores that also play the attacker and other tests. */
const patienceMs = { median: 250, most: 2000 };
/** The last of the attack's own answers. */
const attackerWaitsMs = 20_000;

/** An attacker, and another learner at a terminal. */
async function setUp() {
  const server = await startServer();
  const [attacker, other] = [await server.browser(), await server.browser()];
  for (const browser of [attacker, other]) await browser.call('POST', `${lab}/machine`);
  const typing = await other.socket(terminal).opened();
  return {
    ...{ server, attacker, other, typing },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Attacks a thousand times in a second, while keys are typed. @returns the keys' ways and back, sorted. */
async function beside(typing: TestSocket, attack: () => Promise<unknown>): Promise<number[]> {
  const attacks: Promise<unknown>[] = [];
  const echoes: number[] = [];
  const began = performance.now();
  while (attacks.length < attempts) {
    while (attacks.length < Math.min(attempts, performance.now() - began)) attacks.push(attack());
    const typed = performance.now();
    const shown = typing.bytes.length;
    typing.socket.send(Buffer.from('x'));
    await eventually('the key is shown', () => typing.bytes.length > shown);
    echoes.push(performance.now() - typed);
  }
  await Promise.all(attacks);
  return echoes.sort((a, b) => a - b);
}

function expectUnnoticed(echoes: number[]): void {
  expect(echoes[Math.floor(echoes.length / 2)]).toBeLessThan(patienceMs.median);
  expect(echoes.at(-1)).toBeLessThan(patienceMs.most);
}

test('H12: a thousand WebSockets of one learner are refused by code, and nobody else notices', async () => {
  await using opened = await setUp();
  const { attacker, other, typing } = opened;
  const sockets: TestSocket[] = [];
  const echoes = await beside(typing, async () => {
    const socket = attacker.socket(`${lab}/events`);
    sockets.push(socket);
    await eventually(
      'it is accepted or refused',
      () => socket.texts.length > 0 || socket.closeCode !== undefined,
      attackerWaitsMs,
    );
  });
  const accepted = sockets.filter(({ texts }) => texts.length > 0);
  const codes = new Set(sockets.map(({ closeCode }) => closeCode));
  // 1006: refused with 429 before it was a WebSocket.
  expect([...codes].sort()).toEqual([1006, 4009, undefined]);
  expect(accepted.length).toBeLessThanOrEqual(48);
  expectUnnoticed(echoes);
  await other.socket(`${lab}/events`).opened();
  for (const { socket } of accepted) socket.terminate();
  await eventually('whoever waits may connect again', async () => {
    const socket = attacker.socket(`${lab}/events`);
    await eventually('it is told', () => socket.texts.length > 0 || socket.closeCode !== undefined);
    return socket.texts.length > 0;
  });
}, 60_000);

test('H12: a thousand tunnels of one learner are refused with 429, and leave sixteen', async () => {
  await using opened = await setUp();
  const { server, attacker, other, typing } = opened;
  const made: TunnelClient[] = [];
  const refused: string[] = [];
  const began = performance.now();
  const echoes = await beside(typing, () =>
    TunnelClient.make(server.url, attacker).then(
      (tunnel) => made.push(tunnel),
      (error: Error) => refused.push(error.message),
    ),
  );
  expect(made.length).toBeLessThanOrEqual(allowed(performance.now() - began));
  expect(new Set(refused)).toEqual(new Set(['refused with 429']));
  expectUnnoticed(echoes);
  const ends = await Promise.all(made.map(async (tunnel) => (await tunnel.ask('DELETE')).status));
  expect(ends.filter((status) => status === 204)).toHaveLength(16);
  expect(await (await TunnelClient.make(server.url, other)).post(openFrame(1, terminal))).toBe(204);
}, 30_000);

test('H12: a tunnel has as many streams as WebSockets would be', async () => {
  await using opened = await setUp();
  const tunnel = await (await TunnelClient.make(opened.server.url, opened.attacker)).stream();
  const opens = 70;
  const frames = Array.from({ length: opens }, (_, n) => openFrame(n + 1, `${lab}/events`));
  expect(await tunnel.post(...frames)).toBe(204);
  expect(await tunnel.closed(opens)).toBe(4009);
  await eventually(
    'the rest opens',
    () => new Set(tunnel.frames.map(({ channel }) => channel)).size > opens,
  );
  const told = Array.from({ length: opens }, (_, n) => tunnel.texts(n + 1).length > 0);
  expect(told.filter(Boolean)).toHaveLength(48);
});

test.each([
  ['an unknown path', '/'],
  ['a path of the staff', '/api/rooms/1/board'],
  ['its own path', '/api/websocket'],
])('H12: a tunnel that opens %s on and on has ended', async (_, path) => {
  await using opened = await setUp();
  const tunnel = await TunnelClient.make(opened.server.url, opened.attacker);
  const frames = Array.from({ length: 2_000 }, (_, n) => openFrame(n + 1, path));
  expect(await tunnel.post(...frames)).toBe(429);
  expect(await tunnel.post(openFrame(2_001, path))).toBe(404);
});

test('H12: a tunnel that asks too often has ended', async () => {
  await using opened = await setUp();
  const tunnel = await (await TunnelClient.make(opened.server.url, opened.attacker)).stream();
  await tunnel.post(openFrame(1, terminal));
  const { host, hostname, port, pathname } = new URL(tunnel.url);
  const socket = createConnection(Number(port), hostname);
  let answers = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answers += text;
  });
  const again = `POST ${pathname}?number=1 HTTP/1.1\r\nhost: ${host}\r\ncookie: ${opened.attacker.cookie}\r\ncontent-type: application/octet-stream\r\ncontent-length: 0\r\n\r\n`;
  socket.write(again.repeat(attempts));
  const statuses = () => [...answers.matchAll(/HTTP\/1.1 (\d+) /g)].map(([, status]) => status);
  await eventually('all are answered', () => statuses().length === attempts, 8_000);
  socket.destroy();
  expect(new Set(statuses())).toEqual(new Set(['204', '429', '404']));
  expect(statuses().filter((status) => status === '429')).toHaveLength(1);
  await eventually('it has ended', () => tunnel.ended === 'whole');
}, 15_000);

test('H9: a body that never ends is cut, and holds nobody up', async () => {
  await using opened = await setUp();
  const { server, attacker, other } = opened;
  const tunnel = await TunnelClient.make(server.url, attacker);
  const { host, hostname, port, pathname } = new URL(tunnel.url);
  const began = performance.now();
  const bodies = Array.from({ length: 50 }, async (_, n) => {
    const socket = createConnection(Number(port), hostname);
    await once(socket, 'connect');
    const length = n % 2 === 0 ? 'content-length: 1000' : 'transfer-encoding: chunked';
    socket.write(
      `POST ${pathname}?number=1 HTTP/1.1\r\nhost: ${host}\r\ncookie: ${attacker.cookie}\r\n` +
        `content-type: application/octet-stream\r\n${length}\r\n\r\n`,
    );
    const trickle = setInterval(() => socket.write(n % 2 === 0 ? 'x' : '1\r\nx\r\n'), 500);
    socket.on('error', () => undefined);
    const closed = once(socket, 'close').finally(() => clearInterval(trickle));
    socket.resume();
    return closed;
  });
  expect(await (await TunnelClient.make(server.url, other)).post(openFrame(1, terminal))).toBe(204);
  await Promise.all(bodies);
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(await tunnel.post(openFrame(1, terminal))).toBe(204);
}, 40_000);
