import { setTimeout as delay } from 'node:timers/promises';
import { tunnelFrameKinds as kinds, maxClientFrameBytes, tunnelFrame } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { eventually, startServer } from '../../test/running-server.ts';
import { bytesFrame, openFrame, TunnelClient, textFrame } from '../../test/tunnel-client.ts';
import type { Learner } from '../sessions/learners.ts';
import type { LearnerStreams } from './learner-streams.ts';
import { Tunnel } from './tunnel.ts';

const lab = '/api/labs/01-echo';
const terminal = `${lab}/terminals/1/stream?cols=80&rows=24`;

/** A server, and a learner with a machine. */
async function setUp() {
  const server = await startServer();
  const browser = await server.browser();
  await browser.call('POST', `${lab}/machine`);
  const tunnel = () => TunnelClient.make(server.url, browser);
  return { server, browser, tunnel, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test("H1: a tunnel is its learner's alone, and judged by Host and Origin", async () => {
  await using opened = await setUp();
  const own = await opened.tunnel();
  expect(own.url).toMatch(/\/[0-9a-f]{32}$/);
  const stranger = own.as(await opened.server.browser());
  for (const [method, query, body] of [
    ['GET', '', undefined],
    ['GET', '?poll=1', undefined],
    ['POST', '?number=1', openFrame(1, terminal)],
    ['DELETE', '', undefined],
  ] as const) {
    expect((await stranger.ask(method, query, body)).status).toBe(404);
    expect((await own.as({ cookie: 'tatami_session=x' }).ask(method, query, body)).status).toBe(
      401,
    );
    const foreign = new TunnelClient(own.url, {
      ...{ cookie: opened.browser.cookie, origin: 'http://evil.example' },
    });
    expect((await foreign.ask(method, query, body)).status).toBe(403);
    const rebound = await opened.server.app.inject({
      ...{ method, url: new URL(own.url).pathname + query },
      headers: { host: 'evil.example', cookie: opened.browser.cookie },
    });
    expect(rebound.statusCode).toBe(421);
  }
  const never = new TunnelClient(own.url.replace(/.{32}$/, '0'.repeat(32)), {
    ...{ cookie: opened.browser.cookie, origin: opened.server.url },
  });
  expect((await never.ask('GET')).status).toBe(404);
  expect(await own.post(openFrame(1, terminal))).toBe(204);
});

test('H3, H5: every stream of a page goes through one answer, as over its WebSocket', async () => {
  await using opened = await setUp();
  const tunnel = await opened.tunnel();
  await tunnel.post(
    openFrame(1, `${lab}/events`),
    openFrame(2, `${lab}/map`),
    openFrame(3, terminal),
    bytesFrame(3, '名前'),
  );
  await tunnel.stream();
  expect(tunnel.headers?.get('x-accel-buffering')).toBe('no');
  expect(tunnel.headers?.get('cache-control')).toBe('no-store, no-transform');
  await eventually('it echoes', () => tunnel.bytes(3).toString() === '名前');
  expect(tunnel.texts(3)[0]?.type).toBe('hello');
  expect(tunnel.texts(2)[0]?.type).toBe('past');
  expect(tunnel.texts(1)[0]?.type).toBe('attempt');
  await tunnel.post(bytesFrame(3, 'pass first.one'));
  await eventually('the tick is told', () =>
    tunnel.texts(1).some(({ type }) => type === 'verdict'),
  );
  await opened.browser.call('DELETE', `${lab}/machine`);
  expect(await tunnel.closed(3)).toBe(4001);
  expect(await tunnel.closed(2)).toBe(4001);
  await tunnel.post(openFrame(4, '/api/labs/01-echo/attempt'), openFrame(5, '/api/labs/NO/map'));
  await tunnel.post(openFrame(6, terminal), openFrame(7, '%'));
  for (const [channel, code] of [
    [4, 4006],
    [5, 4006],
    [6, 4001],
    [7, 4006],
  ] as const)
    expect(await tunnel.closed(channel)).toBe(code);
});

test('H6: polls end with what is there, and the same poll again gets the same', async () => {
  await using opened = await setUp();
  const tunnel = await opened.tunnel();
  await tunnel.post(openFrame(1, terminal));
  await tunnel.poll(1);
  const waiting = tunnel.poll(2);
  await tunnel.post(bytesFrame(1, 'abc'));
  const got = await waiting;
  expect(tunnel.bytes(1).toString()).toBe('abc');
  await tunnel.post(bytesFrame(1, 'def'));
  expect(await tunnel.poll(2)).toEqual(got);
  await tunnel.poll(3);
  expect(tunnel.bytes(1).toString()).toBe('abcabcdef');
  expect(tunnel.headers?.get('content-length')).not.toBeNull();
  await expect(tunnel.poll(2)).rejects.toThrow('409');
  await expect(tunnel.poll(4)).rejects.toThrow('404');
});

test('H7: a post that comes again is typed once', async () => {
  await using opened = await setUp();
  const tunnel = await (await opened.tunnel()).stream();
  await tunnel.post(openFrame(1, terminal));
  const twice = [2, 2].map((number) => tunnel.postAs(number, bytesFrame(1, 'rm x\n')));
  expect(await Promise.all(twice)).toEqual([204, 204]);
  expect(await tunnel.postAs(1, openFrame(1, terminal))).toBe(204);
  expect(await tunnel.postAs(3, bytesFrame(1, 'end'))).toBe(204);
  await eventually('it echoes', () => tunnel.bytes(1).toString().endsWith('end'));
  expect(tunnel.bytes(1).toString()).toBe('rm x\nend');
});

test('H7: a post is answered when the terminal can take more, and none overtakes it', async () => {
  await using opened = await setUp();
  const tunnel = await (await opened.tunnel()).stream();
  await tunnel.post(openFrame(1, terminal));
  const [machine] = opened.server.runner.machines.values();
  await eventually('the runner has it', () => machine?.clients.get('1')?.length === 1);
  const [reader] = machine?.clients.get('1') ?? [];
  const block = bytesFrame(1, Buffer.alloc(maxClientFrameBytes, 120));
  let blocks = 0;
  /** Posts until one has to wait. */
  const fill = async () => {
    reader?.pause();
    // What the server and the kernel keep for a runner that does not read is less.
    for (const most = blocks + 32; blocks < most; ) {
      const post = tunnel.post(block);
      blocks++;
      const status = await Promise.race([post, delay(500)]);
      if (status === undefined) return { post };
      expect(status).toBe(204);
    }
    throw new Error('no post has to wait');
  };
  const held = await fill();
  reader?.resume();
  expect(await held.post).toBe(204);
  await eventually(
    'all of it arrives',
    () => tunnel.bytes(1).length === blocks * maxClientFrameBytes,
  );
  const overtaken = await fill();
  expect(await tunnel.post(bytesFrame(1, 'y'))).toBe(409);
  await overtaken.post;
});

test('H8: what breaks the rules ends the tunnel', async () => {
  await using opened = await setUp();
  const breaches: [string, (tunnel: TunnelClient) => Promise<number>][] = [
    ['a number left out', (tunnel) => tunnel.postAs(2, openFrame(1, terminal))],
    ['half a frame', (tunnel) => tunnel.post(openFrame(1, terminal).subarray(0, 20))],
    ['an unknown kind', (tunnel) => tunnel.post(Buffer.from([9, 0, 0, 0, 1, 0, 0, 0, 0]))],
    ['a channel twice', (tunnel) => tunnel.post(openFrame(1, terminal), openFrame(1, terminal))],
    ['channel 0', (tunnel) => tunnel.post(openFrame(0, terminal))],
    ['a channel never opened', (tunnel) => tunnel.post(bytesFrame(1, 'x'))],
    ['a second answer', async (tunnel) => (await (await tunnel.stream()).ask('GET')).status],
    [
      'a poll beside an answer',
      async (tunnel) => (await (await tunnel.stream()).ask('GET', '?poll=1')).status,
    ],
    ['a poll left out', async (tunnel) => (await tunnel.ask('GET', '?poll=2')).status],
  ];
  for (const [what, breach] of breaches) {
    const tunnel = await opened.tunnel();
    expect([what, await breach(tunnel)]).toEqual([what, 409]);
    expect([what, (await tunnel.ask('GET', '?poll=1')).status]).toEqual([what, 404]);
  }
  const tunnel = await opened.tunnel();
  for (const query of ['?number=0', '?number=x', ''])
    expect((await tunnel.ask('POST', query, openFrame(1, terminal))).status).toBe(400);
  expect((await tunnel.ask('GET', '?poll=-1')).status).toBe(400);
  expect((await tunnel.ask('HEAD')).status).toBe(404);
  expect(await tunnel.post(openFrame(1, terminal))).toBe(204);
});

test('H9: frames and bodies have their bounds', async () => {
  await using opened = await setUp();
  const tunnel = await (await opened.tunnel()).stream();
  await tunnel.post(openFrame(1, terminal), openFrame(2, `${lab}/events`), openFrame(3, terminal));
  await tunnel.post(bytesFrame(1, Buffer.alloc(maxClientFrameBytes + 1)));
  expect(await tunnel.closed(1)).toBe(1009);
  await tunnel.post(tunnelFrame(kinds.text, 3, Buffer.from([0xff])));
  expect(await tunnel.closed(3)).toBe(1007);
  await tunnel.post(textFrame(1, '{}'), bytesFrame(3, 'late'));
  const large = await tunnel.ask('POST', '?number=9', new Uint8Array(200_000));
  expect(large.status).toBe(400);
  expect(tunnel.ended).toBe('not');
});

test('H10: a browser that goes is noticed, and its channels end at the runner', async () => {
  await using opened = await setUp();
  const [machine] = opened.server.runner.machines.values();
  const gone = async (leave: (tunnel: TunnelClient) => unknown) => {
    const tunnel = await (await opened.tunnel()).stream();
    await tunnel.post(openFrame(1, `${lab}/map`));
    await eventually('the runner is asked', () => machine?.maps.size === 1);
    await leave(tunnel);
    await eventually('the runner is let go', () => machine?.maps.size === 0);
    expect(await (await opened.browser.call('DELETE', new URL(tunnel.url).pathname)).status).toBe(
      404,
    );
  };
  await gone((tunnel) => tunnel.leave());
  await gone((tunnel) => tunnel.ask('DELETE'));
  await gone((tunnel) => tunnel.post(tunnelFrame(kinds.close, 1)).then(() => tunnel.ask('DELETE')));
});

test('H10: what follows in a post opens nothing once the tunnel has ended', async () => {
  const paths: string[] = [];
  const streams = {
    open: (_channel: unknown, path: string) => {
      paths.push(path);
      tunnel.end();
      return true;
    },
  } as unknown as LearnerStreams;
  const tunnel = new Tunnel({} as Learner, streams, () => undefined);
  await tunnel.receive(1, Buffer.concat([openFrame(1, '/last'), openFrame(2, '/late')]), null);
  expect(paths).toEqual(['/last']);
});

test('H10: the server stops while answers and polls are open', async () => {
  const opened = await setUp();
  const [streaming, polling] = [await (await opened.tunnel()).stream(), await opened.tunnel()];
  await streaming.post(openFrame(1, terminal));
  const poll = polling.poll(1).catch(() => 'cut before it was read');
  await opened[Symbol.asyncDispose]();
  await eventually('the answer ends', () => streaming.ended === 'whole');
  expect(await poll).toBeTruthy();
});

test('H11: what a browser does not read waits at the runner', async () => {
  await using opened = await setUp();
  const tunnel = await opened.tunnel();
  await tunnel.post(openFrame(1, `${lab}/map`));
  const [machine] = opened.server.runner.machines.values();
  await eventually('the runner is asked', () => machine?.maps.size === 1);
  const [upstream] = machine?.maps ?? [];
  const large = JSON.stringify({ type: 'filler', text: 'x'.repeat(60_000) });
  // More than the sockets in between hold.
  for (let n = 0; n < 600; n++) upstream?.send(large);
  await eventually('it waits', () => (upstream?.bufferedAmount ?? 0) > 1024 * 1024);
  await tunnel.stream();
  await eventually('all of it comes', () => tunnel.of(1, kinds.text).length === 601, 20_000);
}, 30_000);
