import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { maxClientFrameBytes } from '@tatami/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handoffProgram } from '../../test/handoff-program.ts';
import { eventually, startServer, testConfig } from '../../test/running-server.ts';
import { buildServer } from '../app.ts';

const lab = '/api/labs/01-echo';
const path = `${lab}/terminals/1/stream?cols=80&rows=24`;
const frames = 48;

let program: Awaited<ReturnType<typeof handoffProgram>>;
beforeAll(async () => {
  program = await handoffProgram();
});
afterAll(() => program[Symbol.asyncDispose]());

/** A server that hands terminals over, and a learner with a machine. */
async function setUp() {
  const server = await startServer({ TATAMI_HANDOFF: program.path });
  const browser = await server.browser();
  await browser.call('POST', `${lab}/machine`);
  const terminal = () => browser.socket(path).opened();
  return { server, browser, terminal, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

type Opened = Awaited<ReturnType<typeof setUp>>;

/** Nobody has a place that he does not use, at either side. */
const nothingLeft = ({ server: { runner } }: Opened) =>
  eventually('nobody is there', () => runner.visitors() === 0);

test('R34: the runner answers a terminal, and its frames pass no Node.js of the server', async () => {
  await using opened = await setUp();
  const terminal = await opened.terminal();
  expect(opened.server.runner.visitors()).toBe(1);
  expect(terminal.controls[0]).toMatchObject({ type: 'hello', offset: 0 });
  // The process that reads these is the runner's: in this test the same, so it is the bytes that count.
  const typed = randomBytes(frames * maxClientFrameBytes);
  for (let n = 0; n < frames; n++)
    terminal.socket.send(typed.subarray(n * maxClientFrameBytes, (n + 1) * maxClientFrameBytes));
  await eventually('it has begun', () => terminal.bytes.length > 0);
  terminal.socket.pause();
  await new Promise((resolve) => setTimeout(resolve, 200));
  terminal.socket.resume();
  await eventually('all of it is back', () => terminal.bytes.length === typed.length, 10_000);
  expect(terminal.bytes.equals(typed)).toBe(true);
  terminal.socket.close();
  await nothingLeft(opened);
}, 20_000);

test('R34: the close code of the runner reaches the browser', async () => {
  await using opened = await setUp();
  const terminal = await opened.terminal();
  await opened.browser.call('DELETE', `${lab}/machine`);
  await terminal.closed('sandboxClosed');
  await nothingLeft(opened);
});

test('a browser that goes without a word is let go', async () => {
  await using opened = await setUp();
  const terminal = await opened.terminal();
  terminal.socket.terminate();
  await nothingLeft(opened);
  const machine = opened.server.runner.machines.values().next().value;
  await eventually('the runner knows', () =>
    Boolean(machine?.clients.get('1')?.every(({ readyState }) => readyState === 3)),
  );
});

test('without a runner the browser is told so by the code', async () => {
  await using opened = await setUp();
  const terminal = await opened.terminal();
  await opened.server.runner[Symbol.asyncDispose]();
  // The code of a WebSocket that was closed without one (RFC 6455 section 7.1.5).
  await terminal.closed(1005);
  await opened.browser.socket(path).closed('runnerUnreachable');
  await nothingLeft(opened);
});

test('those who may not come in are not handed over', async () => {
  await using opened = await setUp();
  const { server, browser } = opened;
  const stranger = await server.browser();
  await stranger.socket(path).closed('sandboxClosed');
  await browser.socket(path, { cookie: '' }).closed('unauthorized');
  await browser.socket(path, { origin: 'http://elsewhere.test' }).closed(1006);
  await browser.socket(`${lab}/terminals/10/stream`).closed('unknown');
  expect(opened.server.runner.visitors()).toBe(0);
});

test('R34: places are given back when a terminal is closed', async () => {
  await using opened = await setUp();
  const { browser } = opened;
  const most = 48;
  const open = await Promise.all(Array.from({ length: most }, () => opened.terminal()));
  await browser.socket(path).closed('tooFast');
  open[0]?.socket.close();
  await eventually('a place is free', async () => {
    const socket = browser.socket(path);
    await eventually('it is told', () => socket.texts.length > 0 || socket.closeCode !== undefined);
    return socket.texts.length > 0;
  });
}, 20_000);

test('a handshake that is not in order is refused as ever', async () => {
  await using opened = await setUp();
  const { hostname, port } = new URL(opened.server.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      `Cookie: ${opened.browser.cookie}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: short',
      '\r\n',
    ].join('\r\n'),
  );
  const [answer] = (await new Promise((resolve) =>
    socket.once('data', (data) => resolve([data])),
  )) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
  socket.destroy();
  expect(opened.server.runner.visitors()).toBe(0);
});

test('R38: they end with the server, once the runner has said why', async () => {
  const opened = await setUp();
  const terminal = await opened.terminal();
  await opened.server.app.close();
  await terminal.closed('serverRestarting');
  await nothingLeft(opened);
  await opened.server.runner[Symbol.asyncDispose]();
});

test('a program that is not there stops the start in one sentence', async () => {
  const config = await testConfig({ TATAMI_HANDOFF: '/nowhere/tatami-handoff' });
  await expect(buildServer(config)).rejects.toThrow(
    'TATAMI_HANDOFF names /nowhere/tatami-handoff, which cannot be run',
  );
});
