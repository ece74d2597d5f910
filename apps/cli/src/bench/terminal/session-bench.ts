import { setTimeout as delay } from 'node:timers/promises';
import { type Figure, say } from '../targets.ts';
import type { Learner } from './learner.ts';
import { Line } from './line.ts';
import { familyOf, isAttachHelper, pssMiB, ranMs } from './processes.ts';
import type { Stand } from './stand.ts';
import { StreamClient } from './stream-client.ts';

const sessions = 200;
const printing = 50;
const seconds = 20;
/** Heaps and pages are at rest. */
const settleMs = 3_000;
/** A line a second without a fork; the descriptor is one that nothing ever comes from. */
const oneLineASecond =
  'exec 9<> <(:); while :; do echo "$SECONDS: a line of a program that says how it is"; read -t 1 -u 9; done\r';
/** A screen and more, as a command of a lesson prints it. */
const screenful = 'ls -l /usr/bin | head -100';

interface Session {
  learner: Learner;
  line: Line;
}

/** What sessions cost: a learner, a machine, a page with its events and one terminal each. */
export async function measureSessions(
  stand: Stand,
): Promise<{ sessionMiB200: Figure; cpu50x1lineCores: Figure }> {
  // The first does what the others will: what that takes once is no session's.
  const open: Session[] = [await openSession(stand)];
  await delay(settleMs);
  const before = await memory(stand);
  say(`Opening ${printing} sessions ...`);
  while (open.length < 1 + printing) open.push(await openSession(stand));
  const cpu50x1lineCores = await printingCores(stand, open.slice(1));
  say(`Opening ${sessions} sessions ...`);
  while (open.length < 1 + sessions) open.push(await openSession(stand));
  await delay(settleMs);
  const after = await memory(stand);
  const each = {
    server: (after.server - before.server) / sessions,
    runner: (after.runner - before.runner) / sessions,
    helpers: (after.helpers - before.helpers) / sessions,
  };
  say(`a session: ${JSON.stringify(each)} MiB`);
  await closeAll(open);
  return {
    sessionMiB200: { measured: each.server + each.runner + each.helpers, n: sessions },
    cpu50x1lineCores,
  };
}

async function openSession(stand: Stand): Promise<Session> {
  const learner = await stand.newSession();
  const line = await Line.toShell(StreamClient.connect(learner.stream(1)));
  await line.run(screenful);
  return { learner, line };
}

async function closeAll(all: Session[]): Promise<void> {
  for (const { line } of all) line.close();
  for (let n = 0; n < all.length; n += 10)
    await Promise.all(all.slice(n, n + 10).map(({ learner }) => learner.end()));
}

/** Proportional set sizes, in MiB. */
async function memory(stand: Stand) {
  const helpers = (await familyOf(stand.runner)).filter(isAttachHelper);
  return {
    server: await pssMiB(await stand.serverProcesses()),
    runner: await pssMiB([stand.runner]),
    helpers: await pssMiB(helpers.map(({ pid }) => pid)),
  };
}

/** What server and runner use while each session prints a line a second, and is idle otherwise. */
async function printingCores(stand: Stand, all: Session[]): Promise<Figure> {
  const idle = await cores(stand);
  for (const { line } of all) {
    line.type(oneLineASecond);
    // They do not all print at the same moment.
    await delay(1000 / all.length);
  }
  const printing = await cores(stand);
  say(`${all.length} idle sessions: ${idle.toFixed(4)} cores, printing: ${printing.toFixed(4)}`);
  return { measured: printing, n: seconds };
}

async function cores(stand: Stand): Promise<number> {
  await delay(settleMs);
  const processes = await stand.processes();
  const before = await ranMs(processes);
  const began = performance.now();
  await delay(seconds * 1000);
  return ((await ranMs(processes)) - before) / (performance.now() - began);
}
