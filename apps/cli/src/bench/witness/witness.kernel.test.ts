import { expect, test } from 'vitest';
import { hostTraces, openTestHost } from '../../../../../packages/sandbox/test/kernel-host.ts';
import { situations } from './situations.ts';
import { callWitness } from './witness.ts';

test('what we observe is what util-linux says, in every situation', {
  timeout: 180_000,
}, async () => {
  await using host = await openTestHost();
  const before = await hostTraces(host);
  const { situations: count, mismatches } = await callWitness(host);
  expect(mismatches).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(20);
  expect(new Set(situations.map(({ name }) => name)).size).toBe(count);
  expect(await hostTraces(host)).toEqual(before);
});
