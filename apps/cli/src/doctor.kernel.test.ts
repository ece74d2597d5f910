import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectCgroups, nativeSources } from '@tatami/sandbox';
import { expect, test } from 'vitest';
import { examine } from './doctor/examine.ts';

/** What a trial could leave: mounts, cgroups, files, and processes of other users than the host's. */
async function traces(): Promise<Record<string, unknown>> {
  const { hierarchies } = await detectCgroups('tatami-doctor');
  const cgroups = await Promise.all(
    [...hierarchies].map(async (root) =>
      (await readdir(root, { withFileTypes: true }))
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(root, name)),
    ),
  );
  return {
    mounts: await readFile('/proc/self/mountinfo', 'utf8'),
    cgroups: cgroups.flat(),
    files: (await readdir(tmpdir())).filter((name) => name.startsWith('tatami-doctor')),
    helpers: [...(await programs('tatami-native')), ...(await programs('tatami-events'))],
  };
}

async function programs(name: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const running = await Promise.all(
    pids.map(async (pid) => ({
      pid,
      comm: (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim(),
    })),
  );
  return running.filter(({ comm }) => comm === name).map(({ pid }) => pid);
}

test('doctor finds a host of sandboxes fit, and changes nothing', async () => {
  const before = await traces();
  const findings = await examine({ cacheDir: '/var/lib/tatami', nativeSources }, 1);
  expect(findings.filter(({ status }) => status === 'fail')).toEqual([]);
  expect(findings.find(({ name }) => name === 'overlay on idmapped mounts')?.status).toBe('ok');
  expect(findings.find(({ name }) => name === 'kernel events')).toMatchObject({ status: 'ok' });
  expect(await traces()).toEqual(before);
});

test('doctor tells what it could not try when nothing was installed', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'tatami-path-'));
  const path = process.env.PATH;
  process.env.PATH = empty;
  try {
    const findings = await examine({ cacheDir: join(empty, 'cache'), nativeSources }, 1);
    const found = new Map(findings.map((finding) => [finding.name, finding]));
    expect(found.get('runc')).toMatchObject({ status: 'fail' });
    expect(found.get('runc')?.detail).toContain('apt-get install runc');
    expect(found.get('compiler')).toMatchObject({ status: 'warn' });
    expect(found.get('uts namespace')).toMatchObject({ status: 'fail' });
  } finally {
    process.env.PATH = path;
    await rm(empty, { recursive: true });
  }
});
