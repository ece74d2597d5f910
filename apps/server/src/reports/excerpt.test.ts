import type { RecordingIndex } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { indexOfParts, timeAt, windowsAround } from './excerpt.ts';

const kib = 1024;
const index: RecordingIndex = {
  ...{ startedAt: '2026-01-02T03:04:05.000Z', start: 0, end: 1000 * kib, cols: 80, rows: 24 },
  outputs: Array.from({ length: 100 }, (_, n): [number, number] => [n * 1000, (n + 1) * 10 * kib]),
  resizes: [{ atMs: 20_000, offset: 200 * kib, cols: 100, rows: 30 }],
  gaps: [{ atMs: 41_500, offset: 415 * kib, bytes: kib }],
};
const some = { wholeBytes: 256 * kib, share: 1 };

test('a small recording goes in whole, a large one around the moments', () => {
  expect(windowsAround({ start: 5, end: 6 }, [6], some)).toEqual([{ from: 5, to: 6 }]);
  expect(windowsAround(index, [], some)).toEqual([]);
  expect(windowsAround(index, [400 * kib, 420 * kib, 900 * kib], some)).toEqual([
    { from: 352 * kib, to: 428 * kib },
    { from: 852 * kib, to: 908 * kib },
  ]);
  expect(windowsAround(index, [10 * kib, 999 * kib], { ...some, share: 0.5 })).toEqual([
    { from: 0, to: 14 * kib },
    { from: 975 * kib, to: 1000 * kib },
  ]);
});

test('what is left out is a gap, and nothing else changes its place or time', () => {
  const windows = [
    { from: 352 * kib, to: 428 * kib },
    { from: 852 * kib, to: 908 * kib },
  ];
  const part = indexOfParts(index, windows);
  expect(part).toMatchObject({
    start: 352 * kib,
    end: 908 * kib,
    cols: 100,
    rows: 30,
    resizes: [],
  });
  expect(part.gaps).toEqual([...index.gaps, { atMs: 85_000, offset: 852 * kib, bytes: 424 * kib }]);
  expect(part.outputs[0]).toEqual([35_000, 360 * kib]);
  expect(part.outputs).toContainEqual([42_000, 428 * kib]);
  expect(part.outputs.at(-1)).toEqual([90_000, 908 * kib]);
  expect(indexOfParts(index, [{ from: 0, to: index.end }])).toEqual(index);
});

test('a byte came when its burst did', () => {
  expect(timeAt(index, 1)).toBe(0);
  expect(timeAt(index, 10 * kib + 1)).toBe(1000);
  expect(timeAt(index, 5000 * kib)).toBe(99_000);
});
