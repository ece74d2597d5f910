import type { CheckVerdict } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { Troubles } from './troubles.ts';

const notYet = (checkId: string, key: string, params = {}): CheckVerdict => ({
  checkId,
  verdict: { status: 'not-yet', reason: { key: `reason.${key}`, params } },
});
const passed = (checkId: string, at: number, pid?: number): CheckVerdict => ({
  checkId,
  verdict: {
    status: 'passed',
    evidence: {
      ...{ at: new Date(at).toISOString(), offsets: [] },
      facts: pid === undefined ? [] : [{ name: 'pid-machine', value: String(pid) }],
    },
  },
});
/** Checks of a step that nobody has begun. */
function untouched(...checks: string[]): Troubles {
  const troubles = new Troubles();
  for (const check of checks) troubles.hear(notYet(check, 'no-process'), 0);
  return troubles;
}

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

test('who still says what was said of the shell that proved something is not stuck, who tries anew is', () => {
  const troubles = untouched('one', 'two');
  troubles.hear(passed('one', 20_000, 50), 20_100);
  troubles.hear(notYet('two', 'no-namespace', { process: '50.1' }), 20_200);
  troubles.hear(notYet('two', 'no-namespace', { process: '50.1' }), 90_000);
  expect(troubles.current).toBeNull();
  // In the same shell.
  troubles.hear(notYet('two', 'mount-missing', { process: '50.1' }), 100_000);
  expect(troubles.current).toMatchObject({ checkId: 'two', since: 100_000 });
});

test('leaving the shell that proved something is no try, however long somebody stayed in it', () => {
  const troubles = untouched('one', 'two', 'three');
  for (const check of ['two', 'three'])
    troubles.hear(notYet(check, 'no-namespace', { process: '50.1' }), 19_000);
  troubles.hear(passed('one', 20_000, 50), 20_000);
  expect(troubles.current).toBeNull();
  // sudo is the last to go.
  troubles.hear(notYet('two', 'plain-shell', { process: '48.0' }), 300_000);
  troubles.hear(notYet('three', 'ended'), 300_300);
  troubles.hear(notYet('two', 'ended'), 300_900);
  expect(troubles.current).toBeNull();
  troubles.hear(notYet('two', 'command-failed'), 330_000);
  expect(troubles.current).toMatchObject({ checkId: 'two', since: 330_000 });
});

test('who is stuck in that shell is stuck still after leaving it', () => {
  const troubles = untouched('one', 'two');
  troubles.hear(passed('one', 20_000, 50), 20_000);
  troubles.hear(notYet('two', 'mount-missing', { process: '50.1' }), 60_000);
  troubles.hear(notYet('two', 'ended'), 70_000);
  expect(troubles.current).toMatchObject({ since: 60_000, reason: { key: 'reason.ended' } });
});

test('a new try right after a proof counts: its process is younger than what gave the proof', () => {
  const troubles = untouched('one', 'two');
  troubles.hear(passed('one', 20_000, 50), 20_000);
  troubles.hear(notYet('two', 'hostname-unchanged', { process: '58.9' }), 22_000);
  expect(troubles.current).toMatchObject({ checkId: 'two', since: 22_000 });
});

test('a proof counts from when it is heard: the clock that dated it may have gone back since', () => {
  const troubles = untouched('one', 'two', 'three');
  const hourMs = 3_600_000;
  troubles.hear(passed('one', 2 * hourMs), 2 * hourMs);
  // The clock goes back by an hour; another proof and another try come after that.
  troubles.hear(passed('two', hourMs), hourMs + 100);
  troubles.hear(notYet('three', 'outside'), hourMs + 10_000);
  expect(troubles.current?.since).toBe(hourMs + 10_000);
  troubles.hear(notYet('three', 'exit-code'), 1_000);
  expect(troubles.current?.since).toBe(1_000);
});

test('after a restart the shell that had proven something is still no try, nor is leaving it', () => {
  const troubles = new Troubles({ stood: null, provenBy: 50 });
  troubles.stand([notYet('two', 'no-namespace', { process: '50.1' })], 1_000);
  expect(troubles.current).toBeNull();
  troubles.hear(notYet('two', 'ended'), 60_000);
  expect(troubles.current).toBeNull();
  troubles.hear(notYet('two', 'exit-code'), 90_000);
  expect(troubles.current).toMatchObject({ checkId: 'two', since: 90_000 });
});

test('after a restart whoever was stuck is, since then, until they are on', () => {
  const stood = { checkId: 'two', reason: 'reason.outside', since: 500 };
  const stuck = () => new Troubles({ stood, provenBy: null });
  const still = stuck();
  still.stand([notYet('one', 'no-process'), notYet('two', 'outside', { pid: 7 })], 9_000);
  // What the machine says outlasts what was kept, and is told once.
  still.stand([notYet('two', 'outside', { pid: 7 })], 9_500);
  expect(still.current).toMatchObject({ checkId: 'two', since: 500 });
  const other = stuck();
  other.hear(notYet('two', 'exit-code'), 9_000);
  expect(other.current).toMatchObject({ since: 500, reason: { key: 'reason.exit-code' } });
  const over = stuck();
  over.hear(notYet('two', 'no-process'), 9_000);
  expect(over.current).toBeNull();
  const elsewhere = stuck();
  elsewhere.keepOnly(['three']);
  expect(elsewhere.current).toBeNull();
});
