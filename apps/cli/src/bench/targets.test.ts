import { expect, test } from 'vitest';
import { judgeTargets } from './judge/judge-targets.ts';
import { mapTargets } from './map/map-targets.ts';
import { sandboxTargets } from './sandbox-targets.ts';
import { isMet, judge, quantile, type Rule } from './targets.ts';
import { terminalTargets } from './terminal/terminal-targets.ts';
import { workshopTargets } from './workshop/workshop-targets.ts';

const missed = <Name extends string>(
  targets: Record<Name, Rule>,
  values: Partial<Record<Name, number>>,
) => {
  const figures = Object.entries(targets as Record<string, Rule>).map(([name, { limit }]) => [
    name,
    { measured: values[name as Name] ?? limit, n: 1 },
  ]);
  return judge(targets, Object.fromEntries(figures))
    .filter((target) => !isMet(target))
    .map(({ name }) => name);
};

test('a figure at its limit meets the target, one beyond it misses', () => {
  expect(missed(sandboxTargets, {})).toEqual([]);
  expect(missed(sandboxTargets, { sandboxes: 19, closeP50Ms: 150.01, leftovers: 1 })).toEqual([
    'sandboxes',
    'closeP50Ms',
    'leftovers',
  ]);
  expect(missed(judgeTargets, {})).toEqual([]);
  expect(missed(judgeTargets, { recordsPerSecond: 2399, lost: 1, tickP95Ms1: 301 })).toEqual([
    'tickP95Ms1',
    'recordsPerSecond',
    'lost',
  ]);
  expect(missed(mapTargets, {})).toEqual([]);
  expect(missed(mapTargets, { mapCpuCoresIdle: 0.0202, mapTableMismatches: 1 })).toEqual([
    'mapCpuCoresIdle',
    'mapTableMismatches',
  ]);
  expect(missed(terminalTargets, {})).toEqual([]);
  expect(
    missed(terminalTargets, { bytesLost: 1, bulkVsBare: 0.79, echoPacedVsBare: 1.26 }),
  ).toEqual(['echoPacedVsBare', 'bulkVsBare', 'bytesLost']);
  expect(missed(workshopTargets, {})).toEqual([]);
  expect(missed(workshopTargets, { seats: 199, boardCpuCores: 0.21, lostPasses: 1 })).toEqual([
    'seats',
    'boardCpuCores',
    'lostPasses',
  ]);
});

test('what could not be measured is a miss', () => {
  expect(missed(sandboxTargets, { idleMiB: Number.NaN })).toEqual(['idleMiB']);
});

test('quantiles are of the nearest rank', () => {
  expect(quantile([5, 1, 3], 0.5)).toBe(3);
  expect(quantile([4, 3, 2, 1], 0.5)).toBe(2);
  expect(quantile([1, 2], 0.95)).toBe(2);
  expect(quantile([], 0.5)).toBeNaN();
});
