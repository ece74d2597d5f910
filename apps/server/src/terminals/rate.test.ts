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
