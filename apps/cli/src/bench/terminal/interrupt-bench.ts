import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from '../targets.ts';
import { interrupt, Line } from './line.ts';
import { median, rounds } from './rounds.ts';
import { SlowNetwork } from './slow-network.ts';
import { SlowRenderer } from './slow-renderer.ts';
import type { Stand } from './stand.ts';
import { StreamClient } from './stream-client.ts';

const bytesPerSecond = 1_000_000;
/** Every buffer on the way is full by then. */
const floodMs = 1_500;
const flood = `yes ${'0123456789'.repeat(6)}\r`;
/** What the kernel echoes of Ctrl-C, and the shell's next prompt. */
const interrupted = /\^C[\s\S]*[$#] $/;

/** From sending Ctrl-C under a flood to the prompt, parsed by a browser that parses 1 MB/s. */
export async function interruptSlowRenderer(stand: Stand): Promise<Figure> {
  const learner = await stand.newSession();
  const { render, close } = new SlowRenderer(bytesPerSecond);
  const line = await Line.toShell(StreamClient.connect({ ...learner.stream(1), renderer: render }));
  const figure = await interruptFlood(line);
  line.close();
  close();
  await learner.end();
  return figure;
}

/** The same for a browser that parses at once, behind a network that carries 1 MB/s. */
export async function interruptSlowNetwork(stand: Stand): Promise<Figure> {
  const learner = await stand.newSession();
  const network = await SlowNetwork.before(stand.product.url, bytesPerSecond);
  const { url, headers } = learner.stream(1);
  const line = await Line.toShell(StreamClient.connect({ url: network.through(url), headers }));
  const figure = await interruptFlood(line);
  line.close();
  network.close();
  await learner.end();
  return figure;
}

async function interruptFlood(line: Line): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    line.type(flood);
    await delay(floodMs);
    const pressed = performance.now();
    const shown = line.shows(interrupted);
    line.send(interrupt);
    await shown;
    times.push(performance.now() - pressed);
  }
  return { measured: median(times), n: times.length };
}
