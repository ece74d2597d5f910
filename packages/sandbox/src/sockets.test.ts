import { closeSync, openSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { openSockets, socketView } from './sockets.ts';

const socket = (local: string, remote: string, state: number) =>
  socketView({
    local: { address: local, port: 5432 },
    remote: { address: remote, port: 80 },
    state,
    inode: 4711,
  });

test('addresses of IPv4 are written with dots', () => {
  expect(socket('0100007F', '0A00580A', 1)).toEqual({
    local: '127.0.0.1:5432',
    remote: '10.88.0.10:80',
    state: 'established',
    inode: 4711,
  });
});

test('IPv4 through an IPv6 socket is IPv4', () => {
  expect(socket('0000000000000000FFFF00000100007F', '0000000000000000FFFF00000A00580A', 2)).toEqual(
    { local: '127.0.0.1:5432', remote: '10.88.0.10:80', state: 'syn-sent', inode: 4711 },
  );
});

test('addresses of IPv6 are written in their short form', () => {
  expect(
    socket('00000000000000000000000001000000', '000080FE00000000FF005450B6AD1DFE', 10),
  ).toEqual({
    local: '[::1]:5432',
    remote: '[fe80::5054:ff:fe1d:adb6]:80',
    state: 'listen',
    inode: 4711,
  });
});

test('sockets are found among the descriptors of processes, and millions of those are not read', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  const inode = Number(readlinkSync(`/proc/self/fd/${fd}`).match(/\d+/)?.[0]);
  const ended = 2 ** 22 + 1;
  const opened: number[] = [];
  try {
    expect([...((await openSockets([ended, process.pid])) ?? [])]).toContain(inode);
    for (let n = 0; n < 500; n++) opened.push(openSync('/dev/null', 'r'));
    expect(await openSockets([process.pid])).toBeNull();
  } finally {
    for (const one of opened) closeSync(one);
    server.close();
  }
});
