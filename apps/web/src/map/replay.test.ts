import { applied, changeOf, type MapPicture } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { situation } from '../../test/situations.ts';
import {
  deedIndexes,
  emptyFilm,
  type Film,
  freshNamespaces,
  indexAt,
  isLost,
  withEvent,
} from './replay.ts';

const moment = (name: string, seq: number, at: number): MapPicture => ({
  ...situation(name).picture,
  ...{ seq, at },
});
const first = { ...moment('plain', 4, 10_000), deeds: [] };
const unshared = moment('unshare-fork', 5, 20_000);
const second = { ...unshared, deeds: unshared.deeds.map((deed) => ({ ...deed, at: 20_000 })) };
const third = { ...second, seq: 6, at: 90_000, processes: second.processes.slice(0, -1) };
const past = {
  ...{ type: 'past' as const, picture: first },
  changes: [changeOf(first, second), changeOf(second, third)],
};
const film = withEvent(emptyFilm, past) as Film;

test('plays the past back as it was', () => {
  expect(film.frames.map(({ picture }) => picture)).toEqual([
    first,
    applied(first, changeOf(first, second)),
    applied(second, changeOf(second, third)),
  ]);
  expect(film.frames[1]?.picture.processes).toEqual(second.processes);
});

test('finds the picture of a moment, and of one before all', () => {
  expect([0, 10_000, 19_999, 20_000, 95_000].map((at) => indexAt(film, at))).toEqual([
    0, 0, 0, 1, 2,
  ]);
});

test('says of what time nothing is kept', () => {
  expect([9_999, 10_000, 95_000].map((at) => isLost(film, at))).toEqual([true, false, false]);
  expect(isLost(emptyFilm, 5)).toBe(false);
});

test('marks the pictures at which something was done', () => {
  expect(deedIndexes(film)).toEqual([1]);
});

test('knows what is new, and for how long', () => {
  const made = second.deeds.flatMap(({ ns }) => Object.values(ns));
  expect([...freshNamespaces(film, 1)].toSorted()).toEqual(expect.arrayContaining(made));
  expect(freshNamespaces(film, 2).size).toBe(0);
});

test('asks again when a picture is missing, and takes none twice', () => {
  const change = { ...changeOf(third, third), seq: 9 };
  expect(withEvent(film, { type: 'change', change })).toBeNull();
  const old = withEvent(film, { type: 'change', change: { ...change, seq: 6 } });
  expect(old?.frames).toHaveLength(3);
  expect(withEvent(emptyFilm, { type: 'change', change })).toBeNull();
});

test('keeps the past over a gap, and forgets that of another machine', () => {
  const later = { ...moment('nsenter-net', 20, 100_000), deeds: [] };
  const gap = withEvent(film, { type: 'past', picture: later, changes: [] });
  expect(gap?.frames.map(({ picture }) => picture.seq)).toEqual([4, 5, 6, 20]);
  const other = withEvent(film, { type: 'past', picture: { ...later, seq: 1 }, changes: [] });
  expect(other?.frames).toHaveLength(1);
});

test('is stale until the next picture', () => {
  const stale = withEvent(film, { type: 'stale', since: 91_000 });
  expect(stale?.staleSince).toBe(91_000);
  const change = { ...changeOf(third, { ...third, cut: true }), seq: 7 };
  expect(withEvent(stale as Film, { type: 'change', change })?.staleSince).toBeNull();
});
