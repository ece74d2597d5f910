import { CheckSpec } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { script } from '../test/events.ts';
import { machineNs } from '../test/view.ts';
import { attentionFor, isNotable } from './attention.ts';

const attention = (...checks: Omit<Parameters<typeof CheckSpec.parse>[0] & object, 'id'>[]) =>
  attentionFor(checks.map((check) => CheckSpec.parse({ id: 'check', ...check })));
const uts = attention({ process: { differs: ['uts'] } });
const { fork, exec, exit, unshare } = script();

test('commands in the machine itself can wait', () => {
  for (const event of [fork(5, 4), exec(5, 'ls'), exit(5)])
    expect(isNotable(event, 'ls', uts, machineNs)).toBe(false);
  expect(isNotable(exec(5, '/tmp/own'), null, uts, machineNs)).toBe(false);
});

test('what touches namespaces, or stands in others, cannot', () => {
  const elsewhere = { ns: { uts: 77 } };
  expect(isNotable(unshare(5, ['uts']), 'unshare', uts, machineNs)).toBe(true);
  for (const event of [fork(5, 4, elsewhere), exec(5, 'sh', elsewhere), exit(5, 0, elsewhere)])
    expect(isNotable(event, 'sh', uts, machineNs)).toBe(true);
  expect(isNotable(fork(5, 4, { pidForChildren: 88 }), null, uts, machineNs)).toBe(true);
});

test('attempts, and programs that are waited for, cannot either', () => {
  expect(isNotable(exit(5, 1), 'nsenter', uts, machineNs)).toBe(true);
  const lsns = attention({ commands: [{ program: 'lsns', exitCode: 0 }] });
  expect(isNotable(exec(5, 'lsns'), 'lsns', lsns, machineNs)).toBe(true);
  expect(isNotable(exit(5), 'lsns', lsns, machineNs)).toBe(true);
  expect(isNotable(exec(5, 'ls'), 'ls', lsns, machineNs)).toBe(false);
});

test('where any process of the machine may be the one, nothing waits', () => {
  for (const check of [{ process: { program: 'shell' } }, { commands: [{ exitCode: 3 }] }])
    expect(isNotable(exec(5, 'ls'), 'ls', attention(check), machineNs)).toBe(true);
});
