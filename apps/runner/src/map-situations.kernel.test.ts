import { writeFile } from 'node:fs/promises';
import { until } from '@tatami/sandbox';
import { expect, test } from 'vitest';
import { answersOf, MapSituation } from '../../../packages/checks/test/map-situation.ts';
import { run } from '../test/lesson-machine.ts';
import { MapClient } from '../test/map-client.ts';
import { type MapPlay, mapPlays } from '../test/map-situations.ts';
import { insideOf, MapWitness, othersThan, tableOf } from '../test/map-witness.ts';
import { withNothingLeft } from '../test/nothing-left.ts';
import { startRunner, type TestTerminal } from '../test/running-runner.ts';

/** Set to a folder, the situations are recorded there (CONTRIBUTING.md). */
const recordTo = process.env.TATAMI_RECORD_MAP;

type Runner = Awaited<ReturnType<typeof startRunner>>;

const prompt = /[$#] $/;

withNothingLeft();

async function play(runner: Runner, id: string, { terminals, lines }: MapPlay) {
  const open = new Map<string, TestTerminal>();
  for (const name of terminals) {
    const terminal = await runner.terminal(id, name);
    await terminal.expect(prompt);
    open.set(name, terminal);
  }
  for (const { terminal: name, text, at } of lines) {
    const terminal = open.get(name);
    if (!terminal) throw new Error(`terminal ${name} is not open`);
    if (at) {
      terminal.type(`${text}\r`);
      await terminal.expect(at);
    } else await run(terminal, text);
  }
  return open;
}

/** Each terminal's innermost shell, by a child that it is told to start and that its /proc names the parent of. */
async function shellsOf(open: Map<string, TestTerminal>, witness: MapWitness) {
  for (const [name, terminal] of open) terminal.type(`sleep 7654${name} &\r`);
  const shells = new Map<string, number>();
  await until(
    async () => {
      for (const { command, parent } of await witness.processes()) {
        const name = command.match(/^sleep 7654(\d) *$/)?.[1];
        if (name) shells.set(name, parent);
      }
      return shells.size === open.size;
    },
    { what: 'every terminal has started its mark', timeoutMs: 10_000 },
  );
  return new Map([...shells].sort());
}

/** What was open before the witness came, and after. */
const settled = (answers: ReturnType<typeof answersOf>, expected: MapPlay['answers']): boolean =>
  JSON.stringify(answers.inside.map(({ terminal, kinds }) => ({ terminal, kinds }))) ===
    JSON.stringify(expected.inside) &&
  JSON.stringify(answers.made) === JSON.stringify(expected.made ?? null) &&
  JSON.stringify(answers.entered) === JSON.stringify(expected.entered ?? null);

test.each(mapPlays)('the map answers for itself: $name', async (situation) => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const map = new MapClient(runner, id);
  const open = await play(runner, id, situation);
  await map
    .shows('what was typed', (picture) => settled(answersOf(picture), situation.answers))
    .catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(answersOf(map.picture))}`);
    });
  const picture = await map.still();

  const witnessTerminal = await runner.terminal(id, '9');
  await witnessTerminal.expect(prompt);
  const witness = new MapWitness(witnessTerminal);
  expect(tableOf(picture)).toEqual(othersThan(picture, await witness.lsns()));

  const shells = await shellsOf(open, witness);
  const said = insideOf(await witness.processes(), shells, await witness.containers());
  const answers = answersOf(picture);
  expect({ inside: answers.inside, sharesNet: answers.sharesNet }).toEqual(said);
  const { inside, sharesNet = [], made = null, entered = null } = situation.answers;
  expect({ ...answers, inside: answers.inside.map(({ pid1: _, ...rest }) => rest) }).toEqual({
    ...{ inside, sharesNet, made, entered },
  });
  if (recordTo) {
    const lines = situation.lines.map(({ terminal, text }) => ({ terminal, text }));
    const record = MapSituation.parse({ name: situation.name, lines, picture, answers });
    await writeFile(`${recordTo}/${situation.name}.json`, `${JSON.stringify(record, null, 2)}\n`);
  }
});
