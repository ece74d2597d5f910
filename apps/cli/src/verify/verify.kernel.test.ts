import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { hostTraces, openTestHost } from '../../../../packages/sandbox/test/kernel-host.ts';
import { expectations } from './expectations/index.ts';
import { verify } from './verify.ts';

/** What the host's side of an expectation could change. */
const host = () => ({
  hostname: hostname(),
  mounts: readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes('verify')),
  ipc: readFileSync('/proc/sysvipc/shm', 'utf8'),
  limit: readFileSync('/proc/sys/kernel/shmmni', 'utf8'),
  uts: readlinkSync('/proc/self/ns/uts'),
  folders: readdirSync(tmpdir()).filter((name) => name.startsWith('tatami-verify-')),
});

test('a sandbox does what the host does, or differs as the docs say', {
  timeout: 180_000,
}, async () => {
  await using sandboxes = await openTestHost();
  const before = { ...host(), ...(await hostTraces(sandboxes)) };
  const outcomes = await verify(sandboxes);
  expect(outcomes.filter(({ status }) => status === 'different')).toEqual([]);
  expect(outcomes).toHaveLength(expectations.length);
  // Docs that explain what is no difference would mislead.
  expect(outcomes.filter(({ status }) => status === 'explained').map(({ id }) => id)).toEqual(
    expectations.filter(({ explained }) => explained).map(({ id }) => id),
  );
  expect({ ...host(), ...(await hostTraces(sandboxes)) }).toEqual(before);
});
