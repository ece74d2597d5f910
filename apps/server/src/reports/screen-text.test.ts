import type { RecordingIndex } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { screenText } from './screen-text.ts';

const index: RecordingIndex = {
  ...{ startedAt: '2026-01-02T03:04:05.000Z', start: 0, end: 100_000, cols: 20, rows: 4 },
  ...{ outputs: [], resizes: [], gaps: [] },
};

test('what stood on the screen when those bytes had come', async () => {
  const bytes = Buffer.from('$ id\r\n\x1b[31muid=0\x1b[0m\r\n$ exit\r\n');
  const offset = bytes.indexOf('$ exit');
  expect(await screenText(index, bytes, { from: 0, offset })).toEqual({
    lines: ['$ id', 'uid=0'],
    isCut: false,
  });
});

test('a sequence that was cut in two, a resize and wide characters', async () => {
  const bytes = Buffer.from('31m名前空間\r\n1234567890');
  const resized = { ...index, resizes: [{ atMs: 1, offset: 100, cols: 10, rows: 4 }] };
  const shown = await screenText(resized, bytes, { from: 90, offset: 90 + bytes.length });
  expect(shown.lines).toEqual(['31m名前空', '間', '1234567890']);
  expect(shown.isCut).toBe(true);
});

test('of many lines the last', async () => {
  const bytes = Buffer.from(Array.from({ length: 500 }, (_, n) => `line ${n}\r\n`).join(''));
  const shown = await screenText(index, bytes, { from: 0, offset: bytes.length });
  expect(shown.lines).toHaveLength(30);
  expect(shown.lines.at(-1)).toBe('line 499');
  expect(shown.isCut).toBe(true);
});

test('R39: what asks for two thousand million scrolls is passed over', async () => {
  const bytes = Buffer.from('first\r\n\x1b[2147483647Slast');
  const shown = await screenText(index, bytes, { from: 0, offset: bytes.length });
  expect(shown.lines).toEqual(['first', 'last']);
});
