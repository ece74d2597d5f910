import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import websocket from '@fastify/websocket';
import { AppError } from '@tatami/protocol';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import type { Machines } from '../machines/machines.ts';
import type { Door, Visitor } from './door.ts';
import { streamRoutes } from './stream-routes.ts';

const machine = 'abcdef012345';

/** A browser whose connection was handed over for `path`, once it has been answered. */
async function handedOver(path: string): Promise<{ browser: Socket; received: () => Buffer }> {
  const app = fastify();
  await app.register(websocket);
  let receive: (visitor: Visitor) => void = () => undefined;
  const door = {
    receive: (on: typeof receive) => {
      receive = on;
    },
  } as unknown as Door;
  // No machine is ready here.
  const machines = {
    get: () => {
      throw new AppError('sandbox.not-ready');
    },
  } as unknown as Machines;
  await app.register(streamRoutes, { machines, door });
  await app.ready();
  const network = createServer().listen(0, '127.0.0.1');
  await once(network, 'listening');
  onTestFinished(async () => {
    network.close();
    await app.close();
  });
  const { port } = network.address() as { port: number };
  const pair = async () => {
    const near = connect(port, '127.0.0.1').on('error', () => undefined);
    const [far] = (await once(network, 'connection')) as [Socket];
    onTestFinished(() => void near.destroy());
    return { near, far: far.on('error', () => undefined) };
  };
  const [browser, lease] = [await pair(), await pair()];
  let received = Buffer.alloc(0);
  browser.near.on('data', (data: Buffer) => {
    received = Buffer.concat([received, data]);
  });
  receive({ key: 'dGhlIHNhbXBsZSBub25jZQ==', path, socket: browser.far, lease: lease.far });
  return { browser: browser.near, received: () => received };
}

test.for([
  ['who asks for an impossible size', `/sandboxes/${machine}/terminals/1/stream?cols=1`, 4003],
  ['who comes to a machine that is closing', `/sandboxes/${machine}/terminals/1/stream`, 4001],
] as const)('%s and then sends nonsense harms nobody', async ([, path, code]) => {
  const { browser, received } = await handedOver(path);
  // A close frame (RFC 6455 section 5.5.1) after the handshake.
  const close = Buffer.from([0x88, 2, code >> 8, code & 0xff]);
  await expect.poll(() => received().includes(close)).toBe(true);
  // Not masked, and with bits that mean nothing. The runner lives: the test run fails on an error that nobody catches.
  browser.write(Buffer.from([0xf3, 0x01, 0x00]));
  await once(browser, 'close');
});
