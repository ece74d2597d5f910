import { expect, test } from 'vitest';
import { Heartbeats } from './heartbeats.ts';

class Socket {
  isPaused = false;
  pings = 0;
  ended = false;
  readonly #listeners = new Map<string, () => void>();

  ping = () => void this.pings++;
  terminate = () => {
    this.ended = true;
  };
  on = (event: string, listener: () => void) => this.#listeners.set(event, listener);
  tell = (event: string) => this.#listeners.get(event)?.();
}

test('R36: who does not answer by the next beat is let go, but for those held back', () => {
  const heartbeats = new Heartbeats();
  const [lively, silent, held, closed] = [new Socket(), new Socket(), new Socket(), new Socket()];
  for (const socket of [lively, silent, held, closed]) heartbeats.add(socket);
  heartbeats.beat();
  lively.tell('pong');
  held.isPaused = true;
  closed.tell('close');
  heartbeats.beat();
  expect([lively, silent, held, closed].map(({ ended }) => ended)).toEqual([
    ...[false, true, false, false],
  ]);
  expect([lively, silent, held, closed].map(({ pings }) => pings)).toEqual([2, 1, 1, 1]);
  held.isPaused = false;
  held.tell('pong');
  heartbeats.beat();
  expect(held.ended).toBe(false);
});

test('a pong after the end brings nobody back', () => {
  const heartbeats = new Heartbeats();
  const socket = new Socket();
  heartbeats.add(socket);
  socket.tell('close');
  heartbeats.beat();
  expect(socket.pings).toBe(0);
});
