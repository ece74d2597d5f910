import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { BoardSeat } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { FollowedBoard } from './board.ts';
import { Browser } from './browser.ts';
import { Tally } from './tally.ts';

const room = { timer: null, locked: [], mirror: null };
const workshop = { id: '0123456789abcdef', title: 'Friday', labId: '03-unshare-nsenter' };

const seat = (name: string, ...passed: string[]): BoardSeat => ({
  ...{ id: name, name, number: null, joined: true, here: true, machine: 'running' },
  ...{ terminals: [], stepId: null, passed: passed.map((checkId) => [checkId, 1]) },
  ...{ assisted: [], opened: [], trouble: null, hand: null, watchers: [], typing: null },
});

/** A server that shows a board, and whoever follows it. */
async function follow(...seats: BoardSeat[]) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  let socket: WebSocket | undefined;
  server.on('connection', (connected) => {
    socket = connected;
    const event = { type: 'board', now: 1, workshop, me: 'Ms Teacher', room, seats };
    connected.send(JSON.stringify(event));
  });
  const tally = new Tally();
  const { port } = server.address() as AddressInfo;
  const board = new FollowedBoard(new Browser(`http://127.0.0.1:${port}`), workshop.id, tally);
  await board.follow();
  const change = (one: BoardSeat) =>
    socket?.send(JSON.stringify({ type: 'changes', now: 2, room: null, seats: [one], gone: [] }));
  return { board, tally, change, hangUp: () => socket?.close(1011) };
}

test('a pass is measured from when the learner was told until the board has it', async () => {
  const { board, tally, change } = await follow(seat('Ann'));
  board.told('Ann', 'ns.uts');
  await delay(50);
  change(seat('Ann', 'ns.uts'));
  await until(() => tally.boardDelayMs.length === 1, { what: 'the board has it' });
  expect(tally.boardDelayMs[0]).toBeGreaterThanOrEqual(49);
  change(seat('Ann', 'ns.uts', 'ns.ipc'));
  await delay(50);
  board.told('Ann', 'ns.ipc');
  expect(tally.boardDelayMs[1]).toBe(0);
  board.leave();
  expect(tally).toMatchObject({ errors: 0, boardDelayMs: { length: 2 } });
});

test('what is late when the board is left counts as old as it is, what is young does not', async () => {
  const { board, tally } = await follow(seat('Ann'));
  board.told('Ann', 'ns.uts');
  await delay(1_100);
  board.told('Ann', 'ns.ipc');
  board.leave();
  expect(tally.boardDelayMs).toHaveLength(1);
  expect(tally.boardDelayMs[0]).toBeGreaterThan(1_000);
  board.told('Ann', 'ns.mount');
  await board.follow();
  board.leave();
  expect(tally.boardDelayMs).toHaveLength(1);
});

test('a board that ends by itself is an error', async () => {
  const { tally, hangUp } = await follow();
  hangUp();
  await until(() => tally.errors === 1, { what: 'it is noticed' });
  expect(tally.words).toEqual(['board: it was closed with 1011']);
});
