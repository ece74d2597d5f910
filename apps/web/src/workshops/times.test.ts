import { expect, test } from 'vitest';
import { fromLocalField, shownSpan, shownTime, toLocalField } from './times.ts';

test('a moment survives its field, to the minute', () => {
  const at = '2026-03-09T04:05:00.000Z';
  expect(fromLocalField(toLocalField(at))).toBe(at);
  expect(fromLocalField('')).toBeNull();
});

test('a year that is being typed keeps its field', () => {
  expect(toLocalField(new Date('0002-03-09T04:05').toISOString())).toBe('0002-03-09T04:05');
});

test('a time is written with its day unless that is today', () => {
  const today = new Date();
  today.setHours(16, 5, 7);
  expect(shownTime(today.toISOString(), 'ja')).toBe('16:05');
  expect(shownTime(today.toISOString(), 'ja', { second: '2-digit' })).toBe('16:05:07');
  expect(shownTime(new Date('2026-03-09T16:05').toISOString(), 'ja')).toBe('3/9 16:05');
});

test('spans are written as clocks do', () => {
  expect([0, -5, 61_000, 3_909_000].map(shownSpan)).toEqual(['0:00', '0:00', '1:01', '1:05:09']);
});
