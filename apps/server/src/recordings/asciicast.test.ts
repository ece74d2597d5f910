import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RecordingIndex } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { asciicast } from './asciicast.ts';

const mebibyte = 1024 * 1024;
const start = { startedAt: '2026-01-02T03:04:05.678Z', start: 0, cols: 80, rows: 24 };

/** A recording of these bytes, the bursts ending at these offsets, a second apart. */
const recordingOf = (bytes: Buffer, ends: number[]): RecordingIndex => ({
  ...{ ...start, end: bytes.length, resizes: [], gaps: [] },
  outputs: ends.map((end, n) => [n * 1000, end]),
});

/** Reads of `bytes`, a few at a time. */
const readerOf = (bytes: Buffer, most: number) => async (from: number) => ({
  offset: Math.min(from, bytes.length),
  bytes: bytes.subarray(from, from + most),
});

async function linesOf(index: RecordingIndex, bytes: Buffer, most = 1000): Promise<unknown[]> {
  const lines: string[] = [];
  for await (const line of asciicast(index, 'test', readerOf(bytes, most))) lines.push(line);
  return lines
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Everything a terminal may show: Chinese, emoji, escapes, every ASCII byte. */
const mixed = Buffer.from(
  `${Array.from({ length: 128 }, (_, n) => String.fromCharCode(n)).join('')}\uFEFF名前空間 👩‍💻 \x1b[1;31m红\x1b[0m é ¥ “”\u2028\r\n`,
);
const randomEnds = (length: number, longest: number): number[] => {
  const ends: number[] = [];
  // A linear congruential generator: the same every time.
  for (let end = 0, seed = 7; end < length; ) {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    end = Math.min(length, end + 1 + (seed % longest));
    ends.push(end);
  }
  return ends;
};

/** What the stock player writes, with nothing but a file to play. */
async function played(lines: AsyncIterable<string>, how: 'play' | 'cat'): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-asciicast-'));
  try {
    const cast = join(dir, 'test.cast');
    const shown = join(dir, 'shown');
    await writeFile(cast, lines);
    // `cat` wants a terminal, which `script` gives it.
    const args =
      how === 'play'
        ? ['setsid', '--wait', 'asciinema', 'play', '--speed', '1000', cast]
        : [
            'script',
            '--quiet',
            '--return',
            '--command',
            `asciinema cat ${cast} >${shown}`,
            '/dev/null',
          ];
    const env = { ...process.env, LC_ALL: 'C.UTF-8', HOME: dir };
    const options = { env, encoding: 'buffer', maxBuffer: 64 * mebibyte } as const;
    const { stdout } = await promisify(execFile)(args[0] ?? '', args.slice(1), options);
    if (how === 'play') return stdout;
    return await readFile(shown);
  } finally {
    await rm(dir, { recursive: true });
  }
}

test('the header says size, time and what was recorded', async () => {
  const [header, ...events] = await linesOf(recordingOf(Buffer.of(), []), Buffer.of());
  expect(header).toEqual({
    ...{ version: 2, width: 80, height: 24, timestamp: 1767323045, title: 'test' },
    env: { SHELL: '/bin/bash', TERM: 'xterm-256color' },
  });
  expect(events).toEqual([]);
});

test('no character is cut in two, and what is no UTF-8 is replaced', async () => {
  const bytes = Buffer.concat([Buffer.from('é名👩'), Buffer.of(0xff, 0x41, 0xe5, 0x90)]);
  const ends = Array.from(bytes, (_, n) => n + 1);
  const [, ...events] = await linesOf(recordingOf(bytes, ends), bytes, 3);
  expect(events).toEqual([
    [1, 'o', 'é'],
    [4, 'o', '名'],
    [8, 'o', '👩'],
    [9, 'o', '\uFFFD'],
    [10, 'o', 'A'],
    [12, 'o', '\uFFFD'],
  ]);
});

test('resizes come where they were, and a gap joins nothing', async () => {
  const bytes = Buffer.concat([
    Buffer.from('ab'),
    Buffer.from('名').subarray(0, 2),
    Buffer.from('---cd'),
  ]);
  const index: RecordingIndex = {
    ...recordingOf(bytes, [2, 4, 9]),
    resizes: [
      { atMs: 500, offset: 2, cols: 100, rows: 50 },
      { atMs: 9000, offset: 9, cols: 20, rows: 5 },
    ],
    gaps: [{ atMs: 1900, offset: 7, bytes: 3 }],
  };
  const [, ...events] = await linesOf(index, bytes);
  expect(events).toEqual([
    [0, 'o', 'ab'],
    [0.5, 'r', '100x50'],
    [1.9, 'o', '\uFFFD'],
    [2, 'o', 'cd'],
    [9, 'r', '20x5'],
  ]);
});

test('what was dropped while it is written is left out', async () => {
  const bytes = Buffer.from('0123456789');
  const lines: string[] = [];
  const read = async (from: number) => ({
    offset: Math.max(from, 6),
    bytes: bytes.subarray(Math.max(from, 6)),
  });
  for await (const line of asciicast(recordingOf(bytes, [4, 8, 10]), 'test', read))
    lines.push(line);
  expect(lines.slice(1).join('')).toBe('[1,"o","67"]\n[2,"o","89"]\n');
});

test.each(['play', 'cat'] as const)('asciinema %s shows the very bytes', async (how) => {
  const bytes = Buffer.concat(Array.from({ length: 5000 }, () => mixed));
  const index = {
    ...recordingOf(bytes, randomEnds(bytes.length, 2000)),
    resizes: [{ atMs: 10, offset: 700, cols: 132, rows: 43 }],
  };
  const shown = await played(asciicast(index, 'test', readerOf(bytes, 100_000)), how);
  expect(shown.length).toBe(bytes.length);
  expect(shown.equals(bytes)).toBe(true);
});

test('64 MiB are written in bounded memory', async () => {
  const piece = Buffer.alloc(mebibyte, mixed);
  const size = 64 * mebibyte;
  const index = {
    ...{ ...start, end: size, resizes: [], gaps: [] },
    outputs: randomEnds(size, 1_000_000).map((end, n): [number, number] => [n, end]),
  };
  const read = async (from: number) => ({ offset: from, bytes: piece.subarray(0, size - from) });
  let written = 0;
  let longest = 0;
  for await (const line of asciicast(index, 'test', read)) {
    written += line.length;
    longest = Math.max(longest, line.length);
  }
  expect(written).toBeGreaterThan(size / 2);
  expect(longest).toBeLessThan(mebibyte / 2);
}, 30_000);
