import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { detectCgroups } from './cgroups.ts';
import { handDown } from './delegation.ts';
import { until } from './until.ts';

test('processes make way for the cgroups below theirs, which get the controllers', async (context) => {
  const host = await detectCgroups('unused');
  if (host.unified === null) return context.skip('this host has no cgroup version 2 tree');
  const folder = join(host.unified, `tatami-delegated-${process.pid}`);
  const procs = (...path: string[]) => readFileSync(join(folder, ...path, 'cgroup.procs'), 'utf8');
  mkdirSync(folder);
  const sleeper = spawn('sleep', ['60']);
  try {
    writeFileSync(join(folder, 'cgroup.procs'), String(sleeper.pid));
    // The tree of a hybrid host has none to give.
    const offered = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ');
    const wanted = ['memory', 'pids', 'cpu'].filter((name) => offered.includes(name));
    await handDown(folder, wanted);
    expect(procs()).toBe('');
    expect(procs('runner')).toBe(`${sleeper.pid}\n`);
    mkdirSync(join(folder, 'sandbox'));
    const got = readFileSync(join(folder, 'sandbox/cgroup.controllers'), 'utf8').trim().split(' ');
    expect(got.filter(Boolean).sort()).toEqual(wanted.sort());
  } finally {
    const gone = once(sleeper, 'exit');
    sleeper.kill('SIGKILL');
    await gone;
    const isEmpty = async () => procs('runner') === '';
    await until(isEmpty, { what: 'the sleeper leaves its cgroup', everyMs: 5 });
    for (const name of ['sandbox', 'runner', '']) rmdirSync(join(folder, name));
  }
  expect(readdirSync(host.unified)).not.toContain(`tatami-delegated-${process.pid}`);
});
