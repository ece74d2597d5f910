import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import {
  type ChainEntry,
  chainStart,
  commitmentOf,
  faultAfter,
  newSalt,
  nextEntry,
} from './chain.ts';

const at = '2026-01-02T03:04:05.678Z';

function chainOf(count: number): ChainEntry[] {
  const chain: ChainEntry[] = [];
  for (let n = 0; n < count; n++) {
    const digest = commitmentOf({ learner: `learner ${n}`, points: n }, newSalt());
    chain.push(nextEntry(chain.at(-1) ?? null, { at, kind: 'mark', digest }));
  }
  return chain;
}

function faultOf(chain: ChainEntry[]) {
  let last: ChainEntry | null = null;
  for (const entry of chain) {
    const fault = faultAfter(last, entry);
    if (fault) return fault;
    last = entry;
  }
  return null;
}

test('one value has one spelling', () => {
  expect(canonicalJson({ b: [1, null, 'é"'], a: { d: true, c: 0.5 } })).toBe(
    '{"a":{"c":0.5,"d":true},"b":[1,null,"é\\""]}',
  );
  expect(() => canonicalJson(Number.NaN)).toThrow(RangeError);
});

test('a chain verifies', () => {
  const chain = chainOf(5);
  expect(chain[0]?.previous).toBe(chainStart);
  expect(faultOf(chain)).toBeNull();
});

test('what was changed, removed or swapped is named', () => {
  const chain = chainOf(5);
  const changed = (change: Partial<ChainEntry>) =>
    chain.map((entry, n) => (n === 1 ? { ...entry, ...change } : entry));
  expect(faultOf(changed({ at: '2026-01-02T03:04:05.679Z' }))).toEqual({ seq: 3, wrong: 'link' });
  expect(faultOf(changed({ digest: chainStart }))).toEqual({ seq: 3, wrong: 'link' });
  expect(faultOf(changed({ previous: chainStart }))).toEqual({ seq: 2, wrong: 'link' });
  expect(faultOf(chain.toSpliced(2, 1))).toEqual({ seq: 4, wrong: 'order' });
  const swapped = chain.toSpliced(1, 2, ...chain.slice(1, 3).reverse());
  expect(faultOf(swapped)).toEqual({ seq: 3, wrong: 'order' });
});

test('a commitment tells nothing of its value without the salt, and everything with it', () => {
  const salt = newSalt();
  const value = { points: 10 };
  expect(commitmentOf(value, salt)).toBe(commitmentOf({ ...value }, salt));
  expect(commitmentOf(value, newSalt())).not.toBe(commitmentOf(value, salt));
  expect(commitmentOf({ points: 11 }, salt)).not.toBe(commitmentOf(value, salt));
});

test('an entry says nothing but what was decided on', () => {
  const digest = chainStart;
  expect(() => nextEntry(null, { kind: 'Mark of somebody', at, digest })).toThrow();
});
