import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { answersOf, MapSituation } from '../../../packages/checks/test/map-situation.ts';
import { mapPlays } from '../test/map-situations.ts';

const folder = new URL('../../../packages/checks/test/map-situations/', import.meta.url);
const situations = readdirSync(folder).map((file) =>
  MapSituation.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))),
);

test('every situation that is played is recorded, ten at least', () => {
  expect(situations.map(({ name }) => name).sort()).toEqual(
    mapPlays.map(({ name }) => name).sort(),
  );
  expect(situations.length).toBeGreaterThanOrEqual(10);
});

test.each(situations)('the recorded picture of $name answers for itself', (situation) => {
  expect(answersOf(situation.picture)).toEqual(situation.answers);
});
