import { expect, test } from 'vitest';
import { limitOf } from './host-load.ts';
import { faultsOf } from './played-lesson.ts';
import { Tally } from './tally.ts';

const load = { leastAvailableMiB: 4_000, totalMiB: 8_000, oomKills: 0 };
const well = () => ({
  ...{ seats: 3, finished: 3, tally: new Tally(), load, mebibytesPerLearner: 60 },
  figures: {
    ...{ joinToPromptP95Ms: 3_000, keystrokeP95Ms: 100 },
    ...{ boardDelayP95Ms: 1_000, containerStartP95Ms: 5_000 },
  },
});

test('a room at its limits fits', () => {
  expect(faultsOf(well())).toEqual([]);
});

test('whoever fell out, every kind of error and every time beyond its limit is named', () => {
  const room = well();
  room.finished = 2;
  room.tally.error('Learner 3', new Error('gone'));
  room.tally.lost('Learner 1', 'ns.uts was not ticked');
  room.figures.keystrokeP95Ms = 100.6;
  expect(faultsOf(room)).toEqual([
    '2 of 3 came to the end',
    'errors 1',
    'lostPasses 1',
    'keystrokeP95Ms 101, limit 100',
  ]);
  expect(room.tally.words).toEqual(['Learner 3: gone', 'Learner 1: ns.uts was not ticked']);
});

test('a time of which nothing was measured is no time that was kept', () => {
  const room = well();
  room.figures.boardDelayP95Ms = Number.NaN;
  expect(faultsOf(room)).toHaveLength(1);
});

test('memory is the limit where it was scarce or the kernel ended something for it, else CPU', () => {
  expect(limitOf(load)).toBe('CPU');
  expect(limitOf({ ...load, leastAvailableMiB: 600 })).toBe('memory');
  expect(limitOf({ ...load, oomKills: 1 })).toBe('memory');
});
