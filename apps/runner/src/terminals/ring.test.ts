import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Ring } from './ring.ts';

/** Everything from `offset` on, read in pieces. */
function readAll(ring: Ring, offset: number, max?: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = offset; at < ring.end; at += pieces.at(-1)?.length ?? 0)
    pieces.push(ring.read(at, max));
  return Buffer.concat(pieces);
}

test('R12: keeps the last bytes of what comes in pieces of any size, and tells what it lets go', () => {
  const bytes = randomBytes(1_000_000);
  const dropped: Buffer[] = [];
  const ring = new Ring(100_000, 7, (piece, offset) => {
    expect(offset).toBe(7 + dropped.reduce((sum, { length }) => sum + length, 0));
    dropped.push(piece);
  });
  let size = 1;
  for (let at = 0; at < bytes.length; at += size) {
    size = ((size * 7919) % 60_000) + 1;
    ring.append(bytes.subarray(at, at + size));
  }
  expect(ring.end).toBe(7 + bytes.length);
  expect(ring.end - ring.start).toBeGreaterThanOrEqual(100_000);
  expect(ring.end - ring.start).toBeLessThan(100_000 + 64 * 1024);
  expect(Buffer.concat(dropped).equals(bytes.subarray(0, ring.start - 7))).toBe(true);
  for (const offset of [ring.start, ring.start + 1, ring.end - 50_000, ring.end - 1])
    for (const max of [undefined, 1000])
      expect(readAll(ring, offset, max).equals(bytes.subarray(offset - 7))).toBe(true);
  expect(ring.read(ring.end)).toHaveLength(0);
  expect(() => ring.read(ring.start - 1)).toThrow(RangeError);
  expect(() => ring.read(ring.end + 1)).toThrow(RangeError);
});

test('what was read stays as it was', () => {
  const ring = new Ring(10_000);
  ring.append(Buffer.from('abc'));
  const read = ring.read(0);
  for (let n = 0; n < 1000; n++) ring.append(Buffer.from('defghijklmnopq'));
  expect(read.toString()).toBe('abc');
});
