import { expect, test } from 'vitest';
import {
  tunnelFrameKinds as kinds,
  type TunnelFrame,
  TunnelFrameReader,
  tunnelCloseCode,
  tunnelCloseFrame,
  tunnelFrame,
} from './tunnel.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

test('H2: a frame is kind, channel, length and payload', () => {
  expect([...tunnelFrame(kinds.bytes, 0x01020304, bytes(7, 8))]).toEqual([
    ...[3, 1, 2, 3, 4, 0, 0, 0, 2, 7, 8],
  ]);
});

test('H2: frames are put together from any split, empty ones too', () => {
  const sent = [
    tunnelFrame(kinds.text, 1, bytes(1, 2, 3)),
    tunnelFrame(kinds.beat, 0),
    tunnelFrame(kinds.bytes, 4_000_000_000, new Uint8Array(300).fill(9)),
    tunnelCloseFrame(2, 4009),
  ];
  const whole = Uint8Array.from(sent.flatMap((frame) => [...frame]));
  for (const step of [1, 2, 8, 9, 10, 100, whole.length]) {
    const reader = new TunnelFrameReader(300);
    const got: TunnelFrame[] = [];
    for (let at = 0; at < whole.length; at += step)
      got.push(...(reader.push(whole.slice(at, at + step)) ?? []));
    expect(got.map(({ kind, channel, payload }) => [kind, channel, payload.length])).toEqual([
      [kinds.text, 1, 3],
      [kinds.beat, 0, 0],
      [kinds.bytes, 4_000_000_000, 300],
      [kinds.close, 2, 2],
    ]);
    expect(got[3] && tunnelCloseCode(got[3])).toBe(4009);
    expect(got[2]?.payload.every((byte) => byte === 9)).toBe(true);
    expect(reader.isWhole).toBe(true);
  }
});

test('H2: a frame that is too large, or of no known kind, is refused by its header', () => {
  const large = tunnelFrame(kinds.bytes, 1, new Uint8Array(301)).subarray(0, 9);
  expect(new TunnelFrameReader(300).push(large)).toBeNull();
  expect(new TunnelFrameReader(300).push(bytes(6, 0, 0, 0, 0, 0, 0, 0, 0))).toBeNull();
  const part = new TunnelFrameReader(300);
  expect(part.push(tunnelFrame(kinds.text, 1, bytes(1)).subarray(0, 9))).toEqual([]);
  expect(part.isWhole).toBe(false);
});
