import { expect, test } from 'vitest';
import { cutAnswers } from './probe.ts';
import { readSnapshot } from './snapshot.ts';

const answer = (text: string): Buffer => {
  const bytes = Buffer.from(`....${text}`);
  bytes.writeUInt32LE(text.length, 0);
  return bytes;
};

test.each([1, 3, 7, 100])(
  'answers are cut from a stream that comes in pieces of %i bytes',
  (size) => {
    const got: string[] = [];
    const feed = cutAnswers((bytes) => got.push(bytes.toString()));
    const stream = Buffer.concat([answer('first'), answer(''), answer('a second, longer one')]);
    for (let at = 0; at < stream.length; at += size) feed(stream.subarray(at, at + size));
    expect(got).toEqual(['first', '', 'a second, longer one']);
  },
);

test('what is no snapshot is refused', () => {
  const empty = Buffer.alloc(4 * 6);
  expect(readSnapshot(empty).processes).toEqual([]);
  expect(() => readSnapshot(Buffer.concat([empty, empty]))).toThrow('more than was asked');
  expect(() => readSnapshot(empty.subarray(4))).toThrow();
  const counted = Buffer.from(empty);
  counted.writeUInt32LE(1_000, 4);
  expect(() => readSnapshot(counted)).toThrow('counted more');
});
