import { fileURLToPath } from 'node:url';
import { CheckSpec } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { loadLabs } from '../loader.ts';
import { seeded } from './random.ts';
import { wrongSequences } from './wrong-sequences.ts';

const { labs } = await loadLabs(fileURLToPath(new URL('../../../../labs', import.meta.url)));
const steps = labs.flatMap((lab) =>
  lab.content('zh-CN').steps.flatMap(({ id }) => {
    const step = lab.step(id);
    return step?.status === 'ready' ? [{ id, checks: step.draw('').checks }] : [];
  }),
);

test('a seed decides all, and nothing comes twice', () => {
  const first = wrongSequences(steps, 1, 300);
  expect(wrongSequences(steps, 1, 300)).toEqual(first);
  expect(wrongSequences(steps, 2, 300)).not.toEqual(first);
  expect(new Set(first.map((sequence) => JSON.stringify(sequence))).size).toBe(300);
});

test('every check of the lesson is got wrong in several ways', () => {
  const sequences = wrongSequences(steps, 1, 300);
  for (const { id } of steps.flatMap(({ checks }) => checks))
    expect(sequences.filter(({ check }) => check === id).length).toBeGreaterThanOrEqual(4);
});

test('what the lesson itself types is never among them', () => {
  const typed = new Set(
    wrongSequences(steps, 3, 600)
      .filter(({ type }) => !type.some(({ text }) => text.startsWith('docker rm')))
      .map(({ check, type }) => `${check}: ${type.at(-1)?.text}`),
  );
  for (const right of [
    'quickstart.pid1: sudo unshare --pid --fork --mount-proc /bin/bash',
    'unshare.pid-no-fork: sudo unshare --pid /bin/bash',
    'unshare.fork-no-proc: sudo unshare --pid --fork /bin/bash',
    'nsenter.net: sudo nsenter -t $PID -n ip addr',
    'nsenter.mnt: sudo nsenter -t $PID -m ls /',
    'nsenter.all: sudo nsenter -t $PID -n -m -p -u -i /bin/bash',
  ])
    expect(typed).not.toContain(right);
});

test('options that a check leaves open are no mistake', () => {
  const check = CheckSpec.parse({
    id: 'uts',
    process: { program: 'shell', differs: ['uts'] },
  });
  const lines = wrongSequences([{ id: 'step', checks: [check] }], 1, 60).map(({ type }) =>
    type.map(({ text }) => text).join('\n'),
  );
  expect(lines.filter((line) => /^sudo unshare .*(--uts|-u) .*\/bin\/bash$/m.test(line))).toEqual(
    [],
  );
  expect(() => wrongSequences([{ id: 'step', checks: [check] }], 1, 10_000)).toThrow('only');
});

test('numbers are those of mulberry32', () => {
  const next = seeded(1);
  expect([next(), next()].map((number) => number.toFixed(6))).toEqual(['0.627074', '0.002736']);
});
