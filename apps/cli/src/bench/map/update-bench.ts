import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { type Figure, quantile, say } from '../targets.ts';
import { MapLearner } from './map-learner.ts';

const rounds = 40;
/** A change that takes longer counts as this much. */
const longestMs = 10_000;
const pollMs = 20;
/** Rounds begin at no fixed distance, so that they fall on any moment between two looks. */
const pauseMs = { least: 200, most: 1_200 };

/** Run in the page: notes when an area comes to bear the host name of a round, once that is painted. */
const noteAreas = `
  window.painted = {};
  new MutationObserver(() => {
    for (const area of document.querySelectorAll('[data-testid=map-area]')) {
      const name = area.textContent.match(/tick-\\d+/)?.[0];
      if (!name || name in window.painted) continue;
      window.painted[name] = 0;
      requestAnimationFrame(() => requestAnimationFrame(() => { window.painted[name] = Date.now(); }));
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });`;

/** From the kernel's fact, a host name in a new uts namespace, to the painted change. */
export async function measureUpdates(browser: Browser, url: string): Promise<Figure> {
  say(`Measuring ${rounds} updates of the map ...`);
  await using learner = await MapLearner.begin(browser, url);
  await learner.terminal('1');
  await learner.openMap();
  await learner.page.evaluate(noteAreas);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await delay(pauseMs.least + Math.random() * (pauseMs.most - pauseMs.least));
    times.push(await update(learner, round));
  }
  const at = (q: number) => Math.round(quantile(times, q));
  say(`${times.length} updates: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms`);
  return { measured: quantile(times, 0.95), n: times.length };
}

async function update(learner: MapLearner, round: number): Promise<number> {
  const terminal = await learner.terminal('1');
  const name = `tick-${round}`;
  // Written so that no command line that is drawn says the name.
  const inside = `echo "at=$EPOCHREALTIME"; hostname tick-$((${round})); exec sleep 100`;
  terminal.type(`sudo unshare --uts bash -c '${inside}'\r`);
  if (!(await terminal.shows(/^at=\d+\.\d+\r?$/m, longestMs)))
    throw new Error(`a round's command does not run: ${JSON.stringify(terminal.text)}`);
  const made = Number(terminal.text.match(/^at=(\d+\.\d+)/m)?.[1]) * 1000;
  const painted = await paintedAt(learner, name);
  terminal.type('\x03');
  await terminal.shows(/\$ $/, longestMs);
  return painted === undefined ? longestMs : painted - made;
}

/** The page notes the time itself; its rules forbid it to wait for a condition of ours. */
async function paintedAt(learner: MapLearner, name: string): Promise<number | undefined> {
  for (let waitedMs = 0; waitedMs < longestMs; waitedMs += pollMs) {
    const at = await learner.page.evaluate<number | undefined>(`window.painted['${name}']`);
    if (at) return at;
    await delay(pollMs);
  }
  return undefined;
}
