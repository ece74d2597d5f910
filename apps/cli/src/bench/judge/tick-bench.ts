import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../browser.ts';
import { type Figure, quantile, say } from '../targets.ts';
import { BusyLearner } from './busy-learner.ts';
import type { JudgeFigures, JudgeTarget } from './judge-targets.ts';
import { Product } from './product.ts';
import { rounds, writeTickLab } from './tick-lab.ts';
import { TickPage } from './tick-page.ts';

const others = 99;
/** Rounds begin at no fixed distance, so that they fall on any moment between two looks. */
const pauseMs = { least: 200, most: 1_200 };

/** From the kernel's fact to the tick in the browser, alone and among a hundred active machines. */
export async function measureTicks(chosen: JudgeTarget[]): Promise<{ figures: JudgeFigures }> {
  say('Starting Tatami as npm start does ...');
  await using product = await Product.start({ seats: others + 2, writeLabs: writeTickLab });
  await using browser = await openBrowser();
  const figures: JudgeFigures = {};
  if (chosen.includes('tickP95Ms1'))
    figures.tickP95Ms1 = await tickP95(browser, product.url, 'one active machine');
  if (chosen.includes('tickP95Ms100'))
    figures.tickP95Ms100 = await amongOthers(browser, product.url);
  return { figures };
}

async function amongOthers(browser: Browser, url: string): Promise<Figure> {
  const learners: BusyLearner[] = [];
  try {
    for (let n = 1; n <= others; n++) {
      learners.push(await BusyLearner.begin(url));
      if (n % 33 === 0) say(`${n} learners have begun`);
    }
    for (const [index, learner] of learners.entries()) learner.work(index / others);
    return await tickP95(browser, url, `${others + 1} active machines`);
  } finally {
    await Promise.all(learners.map((learner) => learner.end()));
  }
}

async function tickP95(browser: Browser, url: string, where: string): Promise<Figure> {
  say(`Measuring ${rounds} ticks with ${where} ...`);
  const page = await TickPage.open(browser, url);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await delay(pauseMs.least + Math.random() * (pauseMs.most - pauseMs.least));
    times.push(await page.round(round));
  }
  await page.close();
  const at = (q: number) => Math.round(quantile(times, q));
  say(`${times.length} ticks: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms`);
  return { measured: quantile(times, 0.95), n: times.length };
}
