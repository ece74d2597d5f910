import type { KernelEvent } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { Sequence } from './sequence.ts';

const fork = (pid: number) => ({ type: 'fork', pid }) as KernelEvent;
const exit = (pid: number) => ({ type: 'exit', pid, code: 0, signal: null }) as KernelEvent;
const exec = (pid: number, ...argv: string[]) => ({ type: 'exec', pid, argv }) as KernelEvent;
const command = (number: number, pid = number + 10) => [
  fork(pid),
  exec(pid, 'tatami-load', 'run', String(number)),
  exit(pid),
];

function faults(events: KernelEvent[], executed: number): number {
  const sequence = new Sequence();
  sequence.add(events);
  return sequence.faults(executed);
}

test('commands that came whole, in any order and on reused pids, are no fault', () => {
  expect(faults([...command(1), ...command(0), ...command(2, 11)], 3)).toBe(0);
  const [first = fork(0), ...rest] = command(0);
  expect(faults([first, ...command(1), ...rest], 2)).toBe(0);
});

test('what others execute does not count', () => {
  expect(faults([fork(5), exec(5, 'true', 'run', '0'), exit(5)], 1)).toBe(1);
});

test('each record that lacks is one fault, and so is each that comes again', () => {
  for (const lacking of [0, 1, 2])
    expect(faults([...command(0), ...command(1).toSpliced(lacking, 1)], 2)).toBe(1);
  expect(faults(command(0), 3)).toBe(2);
  expect(faults([...command(0), ...command(0)], 1)).toBe(1);
});
