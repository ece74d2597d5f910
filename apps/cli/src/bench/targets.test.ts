import { expect, test } from 'vitest';
import { isMet, judge, quantile, targets } from './targets.ts';

const at = (values: Partial<Record<keyof typeof targets, number>>) =>
  judge(
    Object.fromEntries(
      Object.entries(targets).map(([name, { limit }]) => [
        name,
        { measured: values[name as keyof typeof targets] ?? limit, n: 1 },
      ]),
    ) as Parameters<typeof judge>[0],
  );
const missed = (values: Parameters<typeof at>[0]) =>
  at(values)
    .filter((target) => !isMet(target))
    .map(({ name }) => name);

test('a figure at its limit meets the target, one beyond it misses', () => {
  expect(missed({})).toEqual([]);
  expect(missed({ sandboxes: 19, closeP50Ms: 150.01, leftovers: 1 })).toEqual([
    'sandboxes',
    'closeP50Ms',
    'leftovers',
  ]);
});

test('what could not be measured is a miss', () => {
  expect(missed({ idleMiB: Number.NaN })).toEqual(['idleMiB']);
});

test('quantiles are of the nearest rank', () => {
  expect(quantile([5, 1, 3], 0.5)).toBe(3);
  expect(quantile([4, 3, 2, 1], 0.5)).toBe(2);
  expect(quantile([1, 2], 0.95)).toBe(2);
  expect(quantile([], 0.5)).toBeNaN();
});
