import { expect, test } from 'vitest';
import { largest } from './largest.ts';

const tried = async (capacity: number, options: { first: number; grain: number; most: number }) => {
  const seats: number[] = [];
  const found = await largest(async (n) => {
    seats.push(n);
    return n <= capacity;
  }, options);
  return { found, seats };
};

test('grows from what fits, then closes in', async () => {
  const { found, seats } = await tried(67, { first: 40, grain: 10, most: 200 });
  expect(seats).toEqual([40, 80, 60, 70]);
  expect(found).toBe(60);
});

test('closes in below what does not fit', async () => {
  const { found, seats } = await tried(13, { first: 40, grain: 5, most: 40 });
  expect(seats).toEqual([40, 20, 10, 15]);
  expect(found).toBe(10);
});

test('stops at the most, and says 0 when nothing fits', async () => {
  expect(await tried(500, { first: 40, grain: 10, most: 100 })).toEqual({
    found: 100,
    seats: [40, 80, 100],
  });
  expect((await tried(0, { first: 3, grain: 1, most: 3 })).found).toBe(0);
});
