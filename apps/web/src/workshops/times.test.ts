import { expect, test } from 'vitest';
import { fromLocalField, shownSpan, toLocalField } from './times.ts';

test('a moment survives its field, to the minute', () => {
  const at = '2026-03-09T04:05:00.000Z';
  expect(fromLocalField(toLocalField(at))).toBe(at);
  expect(fromLocalField('')).toBeNull();
});

test('spans are written as clocks do', () => {
  expect([0, -5, 61_000, 3_909_000].map(shownSpan)).toEqual(['0:00', '0:00', '1:01', '1:05:09']);
});
