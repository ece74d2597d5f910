import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { askUntil } from './ask-until.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const delays = { firstDelayMs: 1_000, lastDelayMs: 3_000 };

test('asks again after growing delays until an answer is enough', async () => {
  const askedAt: number[] = [];
  const began = Date.now();
  const ask = async () => {
    askedAt.push(Date.now() - began);
    if (askedAt.length < 3) throw new Error('lost');
    return askedAt.length;
  };
  const taken: number[] = [];
  askUntil(ask, (answer) => taken.push(answer) === 2, delays);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(askedAt).toEqual([0, 1_000, 3_000, 6_000]);
  expect(taken).toEqual([3, 4]);
});

test('takes and asks nothing once it is ended', async () => {
  const ask = vi.fn(async () => 1);
  const take = vi.fn(() => false);
  askUntil(ask, take, delays)();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(take).not.toHaveBeenCalled();
  const end = askUntil(ask, take, delays);
  await vi.advanceTimersByTimeAsync(0);
  expect(take).toHaveBeenCalledTimes(1);
  end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(2);
});
