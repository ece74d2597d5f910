import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Expectation } from './expectation.ts';
import { expectations } from './expectations/index.ts';
import { table } from './table.ts';
import { judge } from './verify.ts';

const page = readFileSync(new URL('../../../../docs/faithful-machine.md', import.meta.url), 'utf8');

test('there is one expectation of each name, and enough of each program', () => {
  const ids = expectations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [program, least] of Object.entries({ unshare: 30, nsenter: 25, lsns: 10, ipcs: 10 }))
    expect(ids.filter((id) => id.startsWith(`${program}-`)).length, program).toBeGreaterThan(least);
});

test('docs/faithful-machine.md explains exactly the differences that are let through', () => {
  const told = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, id]) => id);
  const explained = expectations.filter((one) => one.explained).map(({ id }) => id);
  expect(told).toEqual(explained);
});

const plain: Expectation = { id: 'a', says: 'b', script: 'c', prints: 'x' };
const known: Expectation = { ...plain, explained: { inside: 'y' } };

test.each([
  ['both as expected', plain, 'x', 'x', 'same'],
  ['another answer inside', plain, 'y', 'x', 'different'],
  ['another answer on the host', plain, 'x', 'y', 'different'],
  ['both alike and not as expected', plain, 'y', 'y', 'different'],
  ['the difference that is explained', known, 'y', 'x', 'explained'],
  ['no difference where one is explained', known, 'x', 'x', 'same'],
  ['another difference than the one explained', known, 'z', 'x', 'different'],
  ['an explained answer on the host', known, 'y', 'y', 'different'],
])('%s', (_name, expectation, inside, host, status) => {
  expect(judge(expectation, inside, host).status).toBe(status);
});

test('the table shows control characters and counts', () => {
  const text = table([judge(plain, 'x', 'x'), judge(plain, '\u001b[2J\ny', 'x')]);
  expect(text).not.toContain('\u001b');
  expect(text).toContain('\\u001b[2J | y');
  expect(text).toContain('1 the same, 0 explained in docs/faithful-machine.md, 1 different');
});
