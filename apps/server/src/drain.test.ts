import { connect } from 'node:net';
import { closeCodes, type LearnerEvent } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { eventually, openBrowser } from '../test/running-server.ts';
import { startServerProcess } from '../test/server-process.ts';
import { openFrame, TunnelClient } from '../test/tunnel-client.ts';

const lab = '/api/labs/01-echo';
const timeout = 60_000;

/** A server process, and a learner with a machine. */
async function setUp() {
  const server = await startServerProcess();
  const browser = await openBrowser(server.url);
  await browser.call('POST', `${lab}/machine`);
  const terminal = (from: number) =>
    browser.socket(`${lab}/terminals/1/stream?from=${from}&cols=80&rows=24`).opened();
  return {
    ...{ server, browser, terminal },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** An HTTP connection of which every byte is ours. */
function rawConnection(url: string) {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => {
    answer += data.toString();
  });
  socket.on('error', () => undefined);
  return { socket, answer: () => answer };
}

test('R38: SIGTERM closes streams with a code of its own, what was proven is kept, and shells go on at their byte', {
  timeout,
}, async () => {
  await using own = await setUp();
  const { server, browser } = own;
  const events = await browser.socket(`${lab}/events`).opened();
  const terminal = await own.terminal(0);
  terminal.socket.send(Buffer.from('pass first.one'));
  await eventually('it is echoed', () => terminal.bytes.length === 14);
  const startedMs = performance.now();
  server.signal('SIGTERM');
  await events.closed('serverRestarting');
  await terminal.closed('serverRestarting');
  expect(await server.ended()).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  // The shell goes on meanwhile.
  const [machine] = server.runner.machines.values();
  machine?.type('1', Buffer.from(' and more'));

  await server.startAgain();
  const resumed = await own.terminal(14);
  await eventually('the rest comes', () => resumed.bytes.length > 0);
  expect(resumed.bytes.toString()).toBe(' and more');
  await eventually('it is kept', async () => (await browser.session()).labs[0]?.passed === 1);
});

test('what was begun is finished, nothing is begun, and who looks after it is answered', {
  timeout,
}, async () => {
  await using own = await setUp();
  const { server, browser } = own;
  // What is said to this tunnel waits to be asked for.
  const tunnel = await TunnelClient.make(server.url, browser);
  await tunnel.post(openFrame(1, `${lab}/events`));
  const body = JSON.stringify({ stepId: '01-second' });
  const begun = rawConnection(server.url);
  const head = [
    `PUT ${lab}/step HTTP/1.1`,
    `Host: ${new URL(server.url).host}`,
    `Origin: ${server.url}`,
    `Cookie: ${browser.cookie}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '\r\n',
  ];
  begun.socket.write(head.join('\r\n') + body.slice(0, 5));
  await new Promise((resolve) => begun.socket.once('connect', resolve));
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);

  server.signal('SIGTERM');
  await eventually(
    'it refuses',
    async () => (await browser.call('GET', '/api/labs')).status === 503,
  );
  const refused = await browser.call('POST', `${lab}/machine`);
  expect(refused).toMatchObject({ status: 503, body: { error: { number: 1501 } } });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await browser.socket(`${lab}/events`).closed(1006);
  begun.socket.write(body.slice(5));
  await eventually('the old request is answered', () => begun.answer().includes('01-second'));
  expect(begun.answer()).toMatch(/^HTTP\/1\.1 200 /);
  await tunnel.poll(1);
  expect(await tunnel.closed(1)).toBe(closeCodes.serverRestarting);
  expect(await server.ended()).toBe(0);
});

test('clients that hang hold nobody up, and a second SIGTERM waits for nobody', {
  timeout,
}, async () => {
  await using own = await setUp();
  const { server, browser } = own;
  const hang = async () => {
    const terminal = await own.terminal(0);
    terminal.socket.pause();
    const half = rawConnection(server.url);
    half.socket.write(`PUT ${lab}/step HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\n`);
    await new Promise((resolve) => half.socket.once('connect', resolve));
  };
  await hang();
  const startedMs = performance.now();
  server.signal('SIGTERM');
  expect(await server.ended()).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(9_000);

  await server.startAgain();
  expect((await browser.call('GET', '/api/labs')).status).toBe(200);
  await hang();
  server.signal('SIGTERM');
  await eventually('it has heard', async () =>
    fetch(`${server.url}/api/labs`).then(
      ({ status }) => status === 503,
      () => true,
    ),
  );
  const secondMs = performance.now();
  server.signal('SIGTERM');
  expect(await server.ended()).toBe(1);
  expect(performance.now() - secondMs).toBeLessThan(1_000);
});

test('a runner that ends before the server is told to learners as the end of their machines', {
  timeout,
}, async () => {
  await using own = await setUp();
  const { server, browser } = own;
  const events = await browser.socket(`${lab}/events`).opened();
  await own.terminal(0);
  const [machine] = server.runner.machines.values();
  // As the whole product is stopped: the runner tells how machines end, and is gone.
  machine?.emit({ type: 'closed', reason: 'shutdown' });
  await server.runner[Symbol.asyncDispose]();
  const isEnd = (event: LearnerEvent) => event.type === 'closed' && event.reason === 'shutdown';
  await eventually('it is told', () => events.events.some(isEnd));
  server.signal('SIGTERM');
  await events.closed('serverRestarting');
  expect(await server.ended()).toBe(0);
  await server.startAgain();
  const { lastMachine } = (await browser.call('GET', `${lab}/attempt`)).body;
  expect(lastMachine).toMatchObject({ reason: 'shutdown', screens: ['1'] });
});
