import { expect, test } from 'vitest';
import { Rate } from './rate.ts';

test('a burst is free, more must wait, and waiting pays it back', () => {
  const rate = new Rate({ perSecond: 1000, burst: 100 }, 0);
  expect(rate.take(100, 0)).toBe(0);
  expect(rate.take(50, 0)).toBe(50);
  expect(rate.take(0, 50)).toBe(0);
  expect(rate.take(100, 10_000)).toBe(0);
  expect(rate.take(1, 10_000)).toBe(1);
});

test('what is refused costs nothing', () => {
  const rate = new Rate({ perSecond: 10, burst: 2 }, 0);
  const taken = Array.from({ length: 1000 }, () => rate.takeIfLeft(0));
  expect(taken.filter(Boolean)).toHaveLength(2);
  expect(rate.takeIfLeft(99)).toBe(false);
  expect(rate.takeIfLeft(100)).toBe(true);
  expect(rate.isLeft(100)).toBe(false);
});

test('what is given can be taken, but does not pile up', () => {
  const rate = new Rate({ perSecond: 10, burst: 2 }, 0);
  expect(rate.take(2, 0)).toBe(0);
  rate.give(1);
  expect(rate.take(1, 0)).toBe(0);
  rate.give(100);
  expect(rate.take(2, 0)).toBe(0);
  expect(rate.isLeft(0)).toBe(false);
});

test('a clock that is put back takes nothing away', () => {
  const rate = new Rate({ perSecond: 10, burst: 2 }, 3_600_000);
  expect(rate.takeIfLeft(0)).toBe(true);
  expect(rate.takeIfLeft(0)).toBe(true);
  expect(rate.takeIfLeft(0)).toBe(false);
  expect(rate.takeIfLeft(100)).toBe(true);
});
