import { expect, test } from 'vitest';
import { Passwords, refuseWeak } from './passwords.ts';

test('passwords are compared however they were composed, and nobody has an empty one', async () => {
  const passwords = new Passwords();
  const hash = await passwords.hash('caf\u00e9 battery');
  expect(await passwords.matches(hash, 'cafe\u0301 battery')).toBe(true);
  expect(await passwords.matches(hash, 'cafe battery')).toBe(false);
  expect(await passwords.matches(undefined, '')).toBe(false);
});

test('more than wait in line are told so at once, and those in line are served', async () => {
  const passwords = new Passwords();
  const all = await Promise.allSettled(
    Array.from({ length: 40 }, (_, n) => passwords.hash(`${n}`)),
  );
  const refused = all.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(7);
  for (const one of refused) expect(one).toMatchObject({ reason: { code: 'account.busy' } });
  expect(await passwords.hash('again')).toContain('$argon2id$');
}, 20_000);

test.each([
  ['Mori is my name', 'mori', true],
  ['abababababab', 'mori', true],
  ['correct horse', 'o', false],
  ['correct horse', 'mori', false],
])('"%s" of %s is weak: %s', (password, name, isWeak) => {
  const refused = expect(() => refuseWeak(password, name));
  if (isWeak) refused.toThrow('too easy to guess');
  else refused.not.toThrow();
});
