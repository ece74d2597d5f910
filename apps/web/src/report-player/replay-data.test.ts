import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unpacked } from './replay-data.ts';

test('packed pieces answer as a server would: from an offset on, or from where there is something again', async () => {
  const read = await unpacked({
    label: '',
    index: {
      ...{ startedAt: '2026-01-02T03:04:05.000Z', start: 10, end: 30, cols: 80, rows: 24 },
      ...{ outputs: [], resizes: [], gaps: [] },
    },
    pieces: [
      [10, 3],
      [20, 2],
    ],
    gzip: gzipSync(Buffer.from('abcde')).toString('base64'),
  });
  const text = async (from: number) => {
    const { offset, bytes } = await read(from);
    return [offset, Buffer.from(bytes).toString()];
  };
  expect(await text(10)).toEqual([10, 'abc']);
  expect(await text(12)).toEqual([12, 'c']);
  expect(await text(13)).toEqual([20, 'de']);
  expect(await text(22)).toEqual([22, '']);
});
