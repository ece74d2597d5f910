import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorsPage } from '../test/errors-page.ts';
import { errorTable } from './errors.ts';
import {
  ackEveryBytes,
  closeCodes,
  highWatermarkBytes,
  lowWatermarkBytes,
  maxClientFrameBytes,
  ringBytes,
} from './terminal-stream.ts';
import {
  maxTunnelFrameBytes,
  maxTunnelPieceBytes,
  maxTunnelPostBytes,
  tunnelFrameKinds,
} from './tunnel.ts';

const page = (name: string) => new URL(`../../../docs/${name}`, import.meta.url);

/** The page with its tables' padding taken out: the formatter aligns the columns. */
const read = (name: string) =>
  readFileSync(page(name), 'utf8').replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---');

test('docs/errors.md is what the table of errors says', () => {
  if (process.env.UPDATE_DOCS) writeFileSync(page('errors.md'), errorsPage());
  expect(read('errors.md')).toBe(errorsPage());
});

test('no two errors share a number', () => {
  const numbers = Object.values(errorTable).map(([number]) => number);
  expect(new Set(numbers).size).toBe(numbers.length);
});

const protocol = read('protocol.md');

test('docs/protocol.md lists exactly the close codes there are', () => {
  const listed = [...protocol.matchAll(/^\| (\d{4}) \| `(\w+)` \|/gm)].map(([, code, name]) => [
    name,
    Number(code),
  ]);
  expect(Object.fromEntries(listed)).toEqual(closeCodes);
  expect(listed).toHaveLength(Object.keys(closeCodes).length);
});

test('docs/protocol.md gives the limits in force', () => {
  const listed = [...protocol.matchAll(/^\| `(\w+Bytes)` \| (\d+) KiB \|/gm)].map(
    ([, name, kib]) => [name, Number(kib) * 1024],
  );
  expect(Object.fromEntries(listed)).toEqual({
    ackEveryBytes,
    highWatermarkBytes,
    lowWatermarkBytes,
    maxClientFrameBytes,
    maxTunnelFrameBytes,
    maxTunnelPieceBytes,
    maxTunnelPostBytes,
    ringBytes,
  });
});

test('docs/protocol.md lists the kinds of tunnel frames', () => {
  const listed = [...protocol.matchAll(/^\| (\d) \| `(\w+)` \|/gm)];
  expect(Object.fromEntries(listed.map(([, kind, name]) => [name, Number(kind)]))).toEqual(
    tunnelFrameKinds,
  );
});

test.each(['R', 'H', 'M', 'B'])(
  'the %s rules of docs/protocol.md are numbered without a gap',
  (of) => {
    const rule = new RegExp(`^- \\*\\*${of}(\\d+)\\*\\*`, 'gm');
    const numbers = [...protocol.matchAll(rule)].map(([, n]) => Number(n));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeGreaterThan(5);
  },
);

test('every rule of the terminal stream is cited by a test', () => {
  const cited = new Set<string>();
  for (const part of ['apps/runner', 'apps/server', 'apps/web', 'packages/protocol']) {
    const dir = join(import.meta.dirname, '../../..', part, 'src');
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' });
    for (const name of files.filter((path) => /\.test\.tsx?$/.test(path)))
      for (const [title] of readFileSync(join(dir, name), 'utf8').matchAll(/'(?:R\d+(?:, |: ))+/g))
        for (const [rule] of title.matchAll(/R\d+/g)) cited.add(rule);
  }
  const rules = [...protocol.matchAll(/^- \*\*(R\d+)\*\*/gm)].map(([, rule = '']) => rule);
  expect(rules.filter((rule) => !cited.has(rule))).toEqual([]);
});
