import { expect, test } from 'vitest';
import { digestOf, isIntact, seal } from './sealed.ts';

const open = { earned: 70, items: ['pid', 'why'] };
const personal = { learnerId: 'one', facts: [{ name: 'command', value: 'unshare' }] };

test('a sealed record is intact, with its personal part and without', () => {
  const sealed = seal(open, personal);
  const digest = digestOf(sealed);
  expect(isIntact(sealed, digest)).toBe(true);
  expect(isIntact({ ...sealed, personal: null }, digest)).toBe(true);
});

test('whatever of it was changed is noticed', () => {
  const sealed = seal(open, personal);
  const digest = digestOf(sealed);
  const { salt } = sealed.personal as { salt: string };
  const changed = [
    { ...sealed, open: { ...open, earned: 71 } },
    { ...sealed, id: seal(open, personal).id },
    { ...sealed, personal: { salt, value: { ...personal, learnerId: 'two' } } },
    { ...sealed, personalDigest: seal(open, personal).personalDigest },
  ];
  expect(changed.map((one) => isIntact(one, digest))).toEqual([false, false, false, false]);
});

test('the same twice cannot be told from its digest', () => {
  expect(seal(open, personal).personalDigest).not.toBe(seal(open, personal).personalDigest);
});
