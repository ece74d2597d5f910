import { expect, test } from 'vitest';
import { Outlet } from './outlet.ts';

test('H11: small frames cost more than their bytes, until they are taken', async () => {
  const outlet = new Outlet(() => undefined);
  for (let n = 0; n < 1000; n++) outlet.put(Buffer.of(n));
  expect(outlet.queuedBytes).toBe(1000 * 513);
  expect((await outlet.poll(1))?.length).toBe(1000);
  expect(outlet.queuedBytes).toBe(0);
});

test('frames leave in order, and a long queue in no more time than its bytes take', async () => {
  const outlet = new Outlet(() => undefined);
  const frames = 150_000;
  for (let n = 0; n < frames; n++) outlet.put(Buffer.of(n));
  const began = performance.now();
  const answer = outlet.stream();
  outlet.put(Buffer.from('last'));
  const taken: Buffer[] = [];
  for await (const bytes of answer ?? []) {
    taken.push(bytes);
    if (outlet.queuedBytes === 0) outlet.end();
  }
  expect(performance.now() - began).toBeLessThan(1_500);
  const all = Buffer.concat(taken);
  expect(all.length).toBe(frames + 4);
  expect(all.subarray(0, frames).every((byte, n) => byte === n % 256)).toBe(true);
});
