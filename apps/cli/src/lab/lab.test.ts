import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const launcher = join(import.meta.dirname, '../../bin/tatami.mjs');
const labs = mkdtempSync(join(tmpdir(), 'tatami-lab-'));
const timeout = 60_000;
afterAll(() => rmSync(labs, { recursive: true }));

/** The command line as a person runs it. */
const tatami = (...args: string[]) =>
  promisify(execFile)(process.execPath, [
    launcher,
    'lab',
    args[0] ?? '',
    '--labs',
    labs,
    ...args.slice(1),
  ]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      ...{ code, stdout, stderr },
    }),
  );

test('lab new writes a lesson without a fault, in its place', { timeout }, async () => {
  const { code, stdout } = await tatami('new', '07-first');
  expect(code).toBe(0);
  expect(stdout).toContain(join(labs, '07-first'));
  expect(await tatami('new', 'last')).toMatchObject({ code: 0 });
  const orderOf = (id: string) =>
    /^id: (.*)\norder: (\d+)$/m.exec(readFileSync(join(labs, id, 'lab.yaml'), 'utf8'))?.slice(1);
  expect(orderOf('07-first')).toEqual(['07-first', '7']);
  expect(orderOf('last')).toEqual(['last', '8']);
  expect(await tatami('lint')).toMatchObject({ code: 0, stdout: '0 faults in 2 labs\n' });
});

test('lab new refuses what is no id, and what is there', { timeout }, async () => {
  for (const id of ['X', '../x', 'a b', 'ü', '-x'])
    expect(await tatami('new', '--', id)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^tatami: ".*" is no id: lower-case letters, digits and dashes/,
      ),
    });
  mkdirSync(join(labs, 'taken'));
  expect(await tatami('new', 'taken')).toMatchObject({
    code: 2,
    stderr: `tatami: ${join(labs, 'taken')} exists already; nothing was changed.\n`,
  });
  rmSync(join(labs, 'taken'), { recursive: true });
});

test('lab lint names faults by file and line, sorted, and counts them', { timeout }, async () => {
  const file = join(labs, '07-first/steps/00-hostname/step.yaml');
  const right = readFileSync(file, 'utf8');
  writeFileSync(file, right.replace('silent: true', 'silence: true').replace('minutes', 'minuten'));
  const lines = [
    '07-first/steps/00-hostname/step.yaml:3: unknown key minuten',
    '07-first/steps/00-hostname/step.yaml:17: unknown key commands.2.expect.silence',
  ];
  const { code, stdout } = await tatami('lint');
  expect(code).toBe(1);
  for (const line of lines) expect(stdout).toContain(`${line}\n`);
  expect(stdout.indexOf(lines[0] ?? '')).toBeLessThan(stdout.indexOf(lines[1] ?? ''));
  expect(stdout).toMatch(/\n3 faults in 2 labs\n$/);

  const told = await tatami('lint', '07-first', '--json');
  expect(told.code).toBe(1);
  expect(JSON.parse(told.stdout)).toMatchObject({
    labs: ['07-first'],
    problems: [{ line: 1 }, { line: 3 }, { line: 17 }],
  });
  expect(await tatami('lint', 'last')).toMatchObject({ code: 0, stdout: '0 faults in 1 lab\n' });
  writeFileSync(file, right);
});

test('lab lint that could not look ends with 2', { timeout }, async () => {
  expect(await tatami('lint', 'no-such', 'last')).toMatchObject({
    ...{ code: 2, stdout: '' },
    stderr: `tatami: there is no lab no-such in ${labs}.\n`,
  });
});
