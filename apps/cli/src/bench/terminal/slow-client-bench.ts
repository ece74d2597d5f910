import { setTimeout as delay } from 'node:timers/promises';
import { type Figure, say } from '../targets.ts';
import { interrupt, Line, prompt } from './line.ts';
import { residentMiB } from './processes.ts';
import type { Stand } from './stand.ts';
import { StreamClient } from './stream-client.ts';

const floodMs = 5_000;
const sampleEveryMs = 100;
/** Floods that runner and server get used to work by, until so many in a row make them grow by less than this. */
const mostWarmUps = 10;
const settledMiB = 0.5;
const settledFloods = 3;
const flood = `yes ${'0123456789'.repeat(6)}\r`;

/** What runner and server grow by under a flood that a client does not take: the worst of three kinds of clients. */
export async function measureSlowClients(stand: Stand): Promise<Figure> {
  const growths = {
    'an owner that reads and never acknowledges': await ownerGrowth(stand, 'reads'),
    'an owner that never reads': await ownerGrowth(stand, 'never reads'),
    'a viewer that never reads': await viewerGrowth(stand),
  };
  for (const [who, { mebibytes }] of Object.entries(growths))
    say(`${who}: ${mebibytes.toFixed(1)} MiB`);
  const all = Object.values(growths);
  return {
    measured: Math.max(...all.map(({ mebibytes }) => mebibytes)),
    n: all.reduce((sum, { samples }) => sum + samples, 0),
  };
}

async function ownerGrowth(stand: Stand, how: 'reads' | 'never reads') {
  const learner = await stand.newSession();
  let parses = true;
  const line = await Line.toShell(
    StreamClient.connect({
      ...learner.stream(1),
      renderer: (bytes, parsed) => {
        if (parses) parsed(bytes);
      },
    }),
  );
  const usual = await usualMiB(stand, () => floodFor(line, floodMs));
  parses = false;
  if (how === 'never reads') line.stopReading();
  const highest = await highestMiB(stand, async () => {
    line.type(flood);
    await delay(floodMs);
  });
  line.close();
  await learner.end();
  return growth(usual, highest);
}

/** What the heaps and buffers of runner and server come to by work alone: floods that are taken. */
async function usualMiB(stand: Stand, taken: () => Promise<void>): Promise<number> {
  let usual = 0;
  let settled = 0;
  for (let n = 0; n < mostWarmUps && settled < settledFloods; n++) {
    const { mebibytes } = await highestMiB(stand, taken);
    settled = mebibytes - usual < settledMiB ? settled + 1 : 0;
    usual = Math.max(usual, mebibytes);
  }
  return usual;
}

async function viewerGrowth(stand: Stand) {
  const learner = await stand.newSession();
  const line = await Line.toShell(StreamClient.connect(learner.stream(1)));
  const watch = () => Line.open(StreamClient.connect({ ...learner.stream(1), viewer: true }));
  // A screen is drawn for whoever comes under a flood, which takes its memory for a moment whether they read or not.
  const usual = await usualMiB(stand, async () => {
    const reader = await watch();
    await floodFor(line, floodMs);
    reader.close();
  });
  const viewer = await watch();
  viewer.stopReading();
  const highest = await highestMiB(stand, () => floodFor(line, floodMs));
  viewer.close();
  line.close();
  await learner.end();
  return growth(usual, highest);
}

async function floodFor(line: Line, ms: number): Promise<void> {
  line.type(flood);
  await delay(ms);
  const shown = line.shows(prompt);
  line.send(interrupt);
  await shown;
}

async function highestMiB(stand: Stand, action: () => Promise<void>) {
  const processes = await stand.processes();
  const samples: number[] = [];
  let over = false;
  const sampling = (async () => {
    while (!over) {
      samples.push(await residentMiB(processes));
      await delay(sampleEveryMs);
    }
  })();
  try {
    await action();
  } finally {
    over = true;
    await sampling;
  }
  return { mebibytes: Math.max(...samples), samples: samples.length };
}

type Highest = Awaited<ReturnType<typeof highestMiB>>;
const growth = (usualMiB: number, highest: Highest) => ({
  mebibytes: Math.max(0, highest.mebibytes - usualMiB),
  samples: highest.samples,
});
