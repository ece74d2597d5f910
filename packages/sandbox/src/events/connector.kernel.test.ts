import { expect, test } from 'vitest';
import { createQuietSandbox, EventLog, openTestSource, slowness } from '../../test/event-log.ts';
import { openTestHost } from '../../test/kernel-host.ts';
import { openEventSource } from './open-event-source.ts';

const flood = 'for i in $(seq 300); do /bin/true $i; done';

test('the fallback counts what it could not look at as lost', async () => {
  await using host = await openTestHost();
  await using source = await openTestSource(host, 'connector');
  const sandbox = await createQuietSandbox(host);
  try {
    const log = await EventLog.of(source, sandbox);
    await sandbox.exec(flood, { timeoutMs: 30_000 * slowness });
    // The shell's execution and end, a subshell for seq, and 300 times fork, exec and exit.
    await log.until('all are told or counted', () => log.events.length + log.lost >= 905);
    const told = log.execs('true').map(({ argv }) => Number(argv[1]));
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
    const seqs = log.events.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    if (told.length < 300) expect(log.lost).toBeGreaterThan(0);
  } finally {
    await sandbox.close();
  }
});

test('the fallback cuts a flood where it is', async () => {
  await using host = await openTestHost();
  const limits = { recordsPerSecond: 5, burstRecords: 100 };
  await using source = await openTestSource(host, 'connector', limits);
  const sandbox = await createQuietSandbox(host);
  try {
    const log = await EventLog.of(source, sandbox);
    await sandbox.exec(flood, { timeoutMs: 30_000 * slowness });
    await log.until('all are told or counted', () => log.events.length + log.lost >= 905);
    expect(log.lost).toBeGreaterThan(300);
  } finally {
    await sandbox.close();
  }
});

test('openEventSource falls back, and says what it is and why', async () => {
  await using host = await openTestHost();
  const broken = { loader: '/nonexistent/tatami-events', object: '/nonexistent/events.bpf.o' };
  const options = { cgroups: host.cgroups, nativeBin: host.native.bin, programs: broken };
  const fallback = await openEventSource(options);
  await fallback.close();
  expect(fallback.kind).toBe('connector');
  expect(fallback.detail).toMatch(/fallback.*process connector.*ENOENT/);
  const none = await openEventSource({ ...options, nativeBin: '/nonexistent/tatami-native' });
  await none.close();
  expect(none.kind).toBe('none');
  expect(none.detail).toMatch(/tatami-events.*tatami-native/);
});
