import { describe, expect, test } from 'vitest';
import { asShown, mixedStream } from './mixed-stream.ts';
import { Received } from './received.ts';
import { ByRound, rotated } from './rounds.ts';
import { SteadyRate } from './steady-rate.ts';

const bytes = 256 * 1024;

describe('the stream', () => {
  const stream = mixedStream(bytes);

  test('is as long as asked for, and the same for the same seed', () => {
    expect(stream.length).toBe(bytes);
    expect(mixedStream(bytes).equals(stream)).toBe(true);
    expect(mixedStream(bytes, 2).equals(stream)).toBe(false);
  });

  test('holds what terminals get wrong, and no line twice', () => {
    const text = stream.toString();
    for (const part of ['命名空间', 'コンテナ', '🐳', '👩‍💻', '\x1b[38;5;208m', 'é̂'])
      expect(text).toContain(part);
    const lines = text.split('\n');
    expect(new Set(lines).size).toBe(lines.length);
  });

  test('holds no byte that ends or marks something', () => {
    for (const byte of [0x03, 0x04, 0x1d, 0x1e]) expect(stream.includes(byte)).toBe(false);
  });

  test('is shown with a carriage return before each line feed', () => {
    expect(asShown(Buffer.from('a\n\nb')).toString()).toBe('a\r\n\r\nb');
  });
});

describe('what arrived', () => {
  const sent = asShown(mixedStream(bytes));
  const at = bytes / 2;
  /** Of what arrives in uneven pieces. */
  const lostOf = (arrived: Buffer): number => {
    const received = new Received(sent);
    for (let from = 0, size = 1; from < arrived.length; from += size, size = (size * 7) % 4093)
      received.push(arrived.subarray(from, from + size));
    return received.lost();
  };

  test('is whole', () => {
    expect(lostOf(sent)).toBe(0);
  });

  test.each([
    ['a byte is missing', Buffer.concat([sent.subarray(0, at), sent.subarray(at + 1)])],
    ['the last byte is missing', sent.subarray(0, -1)],
    ['a byte is there twice', Buffer.concat([sent.subarray(0, at), sent.subarray(at - 1)])],
    ['a byte is too many at the end', Buffer.concat([sent, sent.subarray(-1)])],
    ['a bit is another', changed(sent, at, (byte) => byte ^ 1)],
    ['everything is missing', Buffer.alloc(0)],
  ])('%s', (_what, arrived) => {
    expect(lostOf(arrived)).toBeGreaterThan(0);
  });

  test('two bytes that changed places are found', () => {
    const one = sent[at] as number;
    const next = sent.findIndex((byte, index) => index > at && byte !== one);
    const other = sent[next] as number;
    const swapped = changed(
      changed(sent, at, () => other),
      next,
      () => one,
    );
    expect(lostOf(swapped)).toBe(sent.length - at);
  });
});

test('a ratio is of the same round, the median of the rounds', () => {
  const values = new ByRound();
  for (const [ours, theirs] of [
    [2, 1],
    [30, 10],
    [40, 40],
  ] as const) {
    values.add('ours', ours);
    values.add('theirs', theirs);
  }
  expect(values.ratio('ours', 'theirs')).toEqual({ measured: 2, n: 3 });
  expect(values.ratio('ours', 'nobody').measured).toBeNaN();
});

test('everybody is first in turn', () => {
  expect([0, 1, 2].map((round) => rotated(['a', 'b', 'c'], round).join(''))).toEqual([
    'abc',
    'bca',
    'cab',
  ]);
});

describe('a steady rate', () => {
  test('gives what has come together, and no more than is wanted', () => {
    const rate = new SteadyRate(1_000_000, 50_000, 0);
    expect(rate.take(10_000, 5)).toBe(5_000);
    expect(rate.take(100, 6)).toBe(100);
    expect(rate.take(10_000, 6)).toBe(900);
    expect(rate.take(10_000, 6)).toBe(0);
  });

  test('does not save up', () => {
    const rate = new SteadyRate(1_000_000, 50_000, 0);
    expect(rate.take(1_000_000, 60_000)).toBe(50_000);
  });
});

function changed(bytes: Buffer, at: number, change: (byte: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = change(copy[at] as number);
  return copy;
}
