import { expect, test } from 'vitest';
import { type Frame, FrameReader } from './frames.ts';

/** A frame as native/frames.c writes it; `numbers` are 32-bit values by offset. */
function frame(type: number, numbers: Record<number, number> = {}, texts: string[] = []): Buffer {
  const bodies = texts.map((text) => Buffer.from(text, 'latin1'));
  const head = Buffer.alloc(160);
  for (const [offset, value] of Object.entries(numbers)) head.writeUInt32LE(value, Number(offset));
  for (const [i, { length }] of bodies.entries()) head.writeUInt16LE(length, 152 + 2 * i);
  const whole = Buffer.concat([head, ...bodies]);
  whole.writeUInt32LE(whole.length, 0);
  whole.writeUInt16LE(type, 4);
  return whole;
}

const read = (bytes: Buffer): Frame[] => new FrameReader().push(bytes);

test('an execution keeps every byte of its texts in its own field', () => {
  const [got] = read(frame(2, { 8: 77, 128: 5 }, ['a\n\0\x98\0b\0\0', '/x']));
  expect(got).toMatchObject({ type: 'event', cgroup: 77 });
  expect(got).toMatchObject({
    event: { type: 'exec', argv: ['a\n', '\ufffd', 'b', ''], file: '/x', inode: 5 },
  });
});

test('frames may come in any pieces', () => {
  const all = Buffer.concat([frame(1), frame(2, {}, ['a\0', 'b']), frame(103)]);
  for (const size of [1, 3, 159, 160, 161, 400]) {
    const reader = new FrameReader();
    const got: Frame[] = [];
    for (let at = 0; at < all.length; at += size)
      got.push(...reader.push(all.subarray(at, at + size)));
    expect(got.map(({ type }) => type)).toEqual(['event', 'event', 'beat']);
  }
});

test('flags are kinds of namespaces', () => {
  const [got] = read(frame(6, { 112: 0x2000_0000, 116: 0x6002_0080, 120: 22 }));
  expect(got).toMatchObject({
    event: { type: 'setns', asked: ['pid'], changed: ['pid', 'mnt', 'net', 'time'], errno: 22 },
  });
});

test('an exit is a code or a signal', () => {
  expect(read(frame(3, { 120: 7 << 8 }))).toMatchObject([{ event: { code: 7, signal: null } }]);
  expect(read(frame(3, { 120: 11 | 0x80 }))).toMatchObject([{ event: { code: null, signal: 11 } }]);
});

test('a stream that is none of frames is refused', () => {
  expect(() => read(Buffer.from('exec forged\n'))).toThrow('frame of');
  expect(() => read(frame(42))).toThrow('type 42');
});

test('a second of the largest load is read in a few hundredths of one', () => {
  const second = Buffer.concat(
    Array.from({ length: 2_400 }, () => frame(2, {}, ['nsenter\0-t\x00123\0-n\0', '/usr/bin/x'])),
  );
  read(second);
  const start = process.cpuUsage();
  expect(read(second)).toHaveLength(2_400);
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1e6).toBeLessThan(0.1);
});
