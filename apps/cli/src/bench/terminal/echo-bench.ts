import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../targets.ts';
import { interrupt, type Line, prompt } from './line.ts';
import type { Peer } from './peers.ts';
import { ByRound, rotated, rounds } from './rounds.ts';

const keysPerSecond = 20;
const pacedKeys = 60;
const unpacedKeys = 300;
/** Unpaced keys in a row before it is another's turn. */
const burst = 50;
/** What cat(1) on a terminal in its usual mode gets, and what the kernel echoes: the line never grows. */
const keys = [
  { key: Buffer.from('x'), echo: 1 },
  { key: Buffer.from('\x7f'), echo: '\b \b'.length },
] as const;

/** Medians of a round, in milliseconds. */
export interface Echoes {
  /** A key each twentieth of a second, as a fast typist. */
  paced: ByRound;
  /** Each key as soon as the one before is back. */
  unpaced: ByRound;
}

/** How long a key takes to the terminal and back. The peers take turns key by key. */
export async function measureEchoes(peers: Peer[]): Promise<Echoes> {
  for (const { line } of peers) {
    // Once the shell has printed a line of its own, the terminal is cat's.
    const ready = line.shows(/[\r\n]ready\r\n/);
    line.type('echo ready; cat\r');
    await ready;
  }
  const echoes = { paced: new ByRound(), unpaced: new ByRound() };
  for (let round = 0; round <= rounds; round++) {
    const paced = await pacedRound(rotated(peers, round));
    const unpaced = await unpacedRound(rotated(peers, round));
    if (round === 0) continue;
    for (const { name } of peers) {
      echoes.paced.add(name, quantile(paced.of(name), 0.5));
      echoes.unpaced.add(name, quantile(unpaced.of(name), 0.5));
    }
  }
  for (const { line } of peers) {
    const shown = line.shows(prompt);
    line.send(interrupt);
    await shown;
  }
  return echoes;
}

async function pacedRound(peers: Peer[]): Promise<ByRound> {
  const times = new ByRound();
  const everyMs = 1000 / keysPerSecond / peers.length;
  let next = performance.now();
  for (let n = 0; n < pacedKeys; n++)
    for (const { name, line } of peers) {
      next += everyMs;
      await delay(Math.max(0, next - performance.now()));
      times.add(name, await press(line, n));
    }
  return times;
}

async function unpacedRound(peers: Peer[]): Promise<ByRound> {
  const times = new ByRound();
  for (let n = 0; n < unpacedKeys; n += burst)
    for (const { name, line } of peers)
      for (let m = 0; m < burst; m++) times.add(name, await press(line, m));
  return times;
}

function press(line: Line, n: number): Promise<number> {
  const { key, echo } = keys[n % 2] as (typeof keys)[number];
  return line.echo(key, echo);
}
