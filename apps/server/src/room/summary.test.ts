import { expect, test } from 'vitest';
import { summedUp } from './summary.ts';

const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const spell = (learner: string, check: string, from: number, to: number | null) => ({
  ...{ check_id: check, reason: 'reason.outside', learner_id: learner },
  ...{ began_at: at(from), ended_at: to === null ? null : at(to) },
});
const of = (check: string, learners: number, seconds: number) => ({
  ...{ checkId: check, reason: 'reason.outside', learners, lostMs: seconds * 1000 },
});

test('times of all learners on one reason are one sum, the largest first', () => {
  const spells = [
    ...[spell('a', 'ns.uts', 0, 20), spell('b', 'ns.mount', 0, 30)],
    ...[spell('a', 'ns.uts', 60, 80), spell('c', 'ns.uts', 10, 50)],
  ];
  expect(summedUp(spells, 1e6)).toEqual([of('ns.uts', 2, 80), of('ns.mount', 1, 30)]);
});

test('nothing is lost after the workshop: neither by what no end was written of, nor by what ended later', () => {
  const spells = [spell('a', 'ns.uts', 10, null), spell('b', 'ns.uts', 10, 500)];
  expect(summedUp(spells, 100_000)).toEqual([of('ns.uts', 2, 180)]);
  // A clock that was put back makes nobody faster than at once.
  expect(summedUp([spell('a', 'ns.uts', 90, 40)], 100_000)).toEqual([of('ns.uts', 1, 0)]);
});
