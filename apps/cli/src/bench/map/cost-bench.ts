import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { hostProcesses } from '../host-traces.ts';
import { quantile, say } from '../targets.ts';
import { MapLearner } from './map-learner.ts';
import type { MapFigures } from './map-targets.ts';

const seconds = 20;
/** A page is loaded, drawn and has said all it says at first. */
const settleMs = 3_000;
/** sysconf(_SC_CLK_TCK), the unit of proc_pid_stat(5), on every architecture of Debian. */
const ticksPerSecond = 100;
/** With the shells, the machine's own and what makes the change, two hundred. */
const sleepers = 192;

/** Run in the page: notes how long each frame was. */
const noteFrames = `
  window.frames200 = [];
  let before = performance.now();
  const next = (now) => { window.frames200.push(now - before); before = now; requestAnimationFrame(next); };
  requestAnimationFrame(next);`;

/** What an open map costs, and how smoothly it moves. */
export async function measureCosts(browser: Browser, url: string): Promise<MapFigures> {
  await using learner = await MapLearner.begin(browser, url);
  await learner.run('1', 'true');
  say('Measuring what the map costs while nothing happens ...');
  const idle = await costOfMap(learner);
  const terminal = await learner.terminal('1');
  const crowd = `for n in $(seq ${sleepers}); do sleep 10000 & done; while :; do sleep 1; done`;
  terminal.type(`bash -c '${crowd}'\r`);
  say('Measuring what it costs with two hundred processes and a change a second ...');
  const busy = await costOfMap(learner);
  await learner.page.evaluate(noteFrames);
  await delay(seconds * 1000);
  const frames = await learner.page.evaluate<number[]>('window.frames200');
  say(`frames: p50 ${quantile(frames, 0.5).toFixed(1)} ms, longest ${Math.max(...frames)} ms`);
  return {
    mapCpuCoresIdle: { measured: idle, n: seconds },
    mapCpuCores200: { measured: busy, n: seconds },
    frameP95Ms200: { measured: quantile(frames, 0.95), n: frames.length },
  };
}

/** Processor time of Tatami and of the browser with the map open, less the same without it; leaves it open. */
async function costOfMap(learner: MapLearner): Promise<number> {
  await learner.closeMap();
  const without = await cores();
  await learner.openMap();
  const open = await cores();
  say(`without the map ${without.toFixed(3)} cores, with it ${open.toFixed(3)}`);
  return Math.max(0, open - without);
}

async function cores(): Promise<number> {
  await delay(settleMs);
  const before = await cpuTicks();
  const begin = performance.now();
  await delay(seconds * 1000);
  const after = await cpuTicks();
  const passed = (performance.now() - begin) / 1000;
  const used = [...after].reduce(
    (sum, [pid, ticks]) => sum + ticks - (before.get(pid) ?? ticks),
    0,
  );
  return used / ticksPerSecond / passed;
}

/** Of all that we started: Tatami's processes and the browser's. */
async function cpuTicks(): Promise<Map<number, number>> {
  const all = await hostProcesses();
  const ours = new Set([process.pid]);
  for (let grew = true; grew; ) {
    const more = all.filter(({ pid, parent }) => ours.has(parent) && !ours.has(pid));
    for (const { pid } of more) ours.add(pid);
    grew = more.length > 0;
  }
  ours.delete(process.pid);
  const ticks = new Map<number, number>();
  for (const pid of ours) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields.length > 12) ticks.set(pid, Number(fields[11]) + Number(fields[12]));
  }
  return ticks;
}
