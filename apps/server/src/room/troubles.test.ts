import type { CheckVerdict } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { Troubles } from './troubles.ts';

const notYet = (checkId: string, key: string, params = {}): CheckVerdict => ({
  checkId,
  verdict: { status: 'not-yet', reason: { key: `reason.${key}`, params } },
});
const passed = (checkId: string, at: number): CheckVerdict => ({
  checkId,
  verdict: {
    status: 'passed',
    evidence: { at: new Date(at).toISOString(), facts: [], offsets: [] },
  },
});

test('what an untouched machine says is no trouble, whatever the process is called', () => {
  const troubles = new Troubles();
  troubles.hear(notYet('one', 'no-namespace', { kinds: 'pid', process: '7' }), 1000);
  troubles.hear(notYet('two', 'no-command'), 1000);
  expect(troubles.current).toBeNull();
  troubles.hear(notYet('one', 'no-namespace', { kinds: 'pid', process: '9' }), 2000);
  expect(troubles.current).toBeNull();
  troubles.hear(notYet('one', 'no-namespace', { kinds: 'mnt', process: '9' }), 3000);
  expect(troubles.current).toMatchObject({ checkId: 'one', since: 3000 });
});

test('reasons may follow one another, and the time goes on', () => {
  const troubles = new Troubles();
  troubles.hear(notYet('one', 'no-process'), 1000);
  troubles.hear(notYet('one', 'plain-shell', { command: 'bash' }), 5000);
  troubles.hear(notYet('one', 'pid-not-forked'), 9000);
  expect(troubles.current).toEqual({
    ...{ checkId: 'one', status: 'not-yet', since: 5000 },
    reason: { key: 'reason.pid-not-forked', params: {} },
  });
});

test('who gives up a try and soon begins another is stuck since the first', () => {
  const troubles = new Troubles();
  troubles.hear(notYet('one', 'no-process'), 0);
  troubles.hear(notYet('one', 'plain-shell'), 10_000);
  troubles.hear(notYet('one', 'no-process'), 20_000);
  expect(troubles.current).toBeNull();
  troubles.hear(notYet('one', 'plain-shell'), 100_000);
  expect(troubles.current?.since).toBe(10_000);
  troubles.hear(notYet('one', 'no-process'), 110_000);
  troubles.hear(notYet('one', 'plain-shell'), 400_000);
  expect(troubles.current?.since).toBe(400_000);
});

test('the newest trouble counts, until another step is opened', () => {
  const troubles = new Troubles();
  for (const check of ['one', 'two']) troubles.hear(notYet(check, 'no-command'), 0);
  troubles.hear(notYet('one', 'outside'), 1000);
  troubles.hear(notYet('two', 'exit-code'), 2000);
  expect(troubles.current?.checkId).toBe('two');
  troubles.keepOnly(['one']);
  expect(troubles.current).toMatchObject({ checkId: 'one', since: 1000 });
  troubles.keepOnly(['three']);
  expect(troubles.current).toBeNull();
});

test('what proves one item is no failed try at the others', () => {
  const troubles = new Troubles();
  for (const check of ['one', 'two', 'three']) troubles.hear(notYet(check, 'no-process'), 0);
  troubles.hear(notYet('two', 'no-namespace'), 10_000);
  troubles.hear(passed('one', 20_000), 20_100);
  troubles.hear(notYet('three', 'namespace-extra'), 20_100);
  expect(troubles.current).toBeNull();
  troubles.hear(notYet('two', 'no-namespace'), 30_000);
  troubles.hear(notYet('three', 'namespace-extra'), 30_000);
  expect(troubles.current).toBeNull();
  troubles.hear(notYet('two', 'hostname-unchanged'), 40_000);
  expect(troubles.current).toMatchObject({ checkId: 'two', since: 40_000 });
  troubles.hear(passed('one', 20_000), 41_000);
  expect(troubles.current?.checkId).toBe('two');
});

test('a failed check and one that nobody can look at are told at once', () => {
  const reason = { key: 'reason.machine-proc-replaced', params: {} };
  const troubles = new Troubles();
  troubles.hear({ checkId: 'one', verdict: { status: 'failed', reason } }, 1000);
  expect(troubles.current?.status).toBe('failed');
  const blind = new Troubles();
  blind.hear({ checkId: 'one', verdict: { status: 'unavailable', reason } }, 1000);
  expect(blind.current?.status).toBe('unavailable');
  blind.hear(notYet('one', 'no-process'), 2000);
  expect(blind.current).toBeNull();
});

test('what stood before we came is trouble unless nothing was tried', () => {
  const troubles = new Troubles();
  troubles.resume([notYet('one', 'no-process'), notYet('two', 'outside')], 1000);
  expect(troubles.current).toMatchObject({ checkId: 'two', since: 1000 });
  troubles.resume([notYet('two', 'exit-code')], 2000);
  expect(troubles.current?.reason.key).toBe('reason.outside');
});
