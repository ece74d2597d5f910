import { until } from '@tatami/sandbox';
import type { Browser } from 'playwright-core';
import { cloneRoot } from '../../paths.ts';
import { say } from '../targets.ts';
import { MapLearner } from './map-learner.ts';
import type { MapFigures } from './map-targets.ts';
import { type Drawn, differences, drawnOf, insideOf, netOf, terminalsOf } from './read-facts.ts';
import { readSituations, type Situation } from './situations.ts';

/** Plays the recorded situations anew, and holds the table to the answers and to lsns(8), and the drawing to the table. */
export async function measureSituations(
  browser: Browser,
  url: string,
): Promise<{ figures: MapFigures; mismatches: string[] }> {
  const mismatches: string[] = [];
  let answered = 0;
  const situations = await readSituations(cloneRoot);
  for (const situation of situations) {
    const found = await play(browser, url, situation);
    mismatches.push(...found.mismatches.map((text) => `${situation.name}: ${text}`));
    if (found.answers) answered++;
    else say(`${situation.name} is not answered`);
  }
  for (const text of mismatches) say(text);
  return {
    mismatches,
    figures: {
      situations: { measured: answered, n: situations.length },
      mapTableMismatches: { measured: mismatches.length, n: situations.length },
    },
  };
}

async function play(
  browser: Browser,
  url: string,
  { lines, answers }: Situation,
): Promise<{ answers: boolean; mismatches: string[] }> {
  await using learner = await MapLearner.begin(browser, url);
  for (const terminal of ['1', '2']) await learner.terminal(terminal);
  await learner.openMap();
  for (const { terminal, text } of lines) await learner.run(terminal, text);
  const is = (drawn: Drawn) =>
    terminalsOf(drawn).join() === '1,2' &&
    JSON.stringify(insideOf(drawn)) ===
      JSON.stringify(answers.inside.map(({ terminal, kinds }) => ({ terminal, kinds }))) &&
    JSON.stringify(netOf(drawn)) === JSON.stringify(answers.sharesNet);
  const toggle = learner.page.getByTestId('map-toggle-table');
  await toggle.click();
  const isAnswered = async () => is(drawnOf(await learner.facts('map-table')));
  const answered = await until(isAnswered, { what: 'the table answers', timeoutMs: 15_000 }).then(
    () => true,
    () => false,
  );
  let mismatches: string[] = [];
  // What differs once may have been on its way: a prompt runs programs too.
  const isSame = async () => {
    const table = await learner.facts('map-table');
    await toggle.click();
    const drawn = await learner.facts('map');
    await toggle.click();
    mismatches = differences({ drawn, table, listed: await lsns(learner) });
    return mismatches.length === 0;
  };
  const same = { what: 'drawing, table and lsns say the same', everyMs: 300, timeoutMs: 10_000 };
  await until(isSame, same).catch((error: Error) => mismatches.push(error.message));
  return { answers: answered, mismatches };
}

/** Namespaces by kind and inode with how many processes and the first, from a terminal that is opened for it. */
async function lsns(learner: MapLearner): Promise<Map<string, string>> {
  const shown = await learner.run('9', 'sudo lsns --noheadings --raw --output NS,TYPE,NPROCS,PID');
  return new Map(
    [...shown.matchAll(/^(\d+) (\w+) ([1-9]\d*) (\d+)\r?$/gm)].map(
      ([, ns, type, processes, pid]) => [`${type}:${ns}`, `${processes} processes from ${pid}`],
    ),
  );
}
