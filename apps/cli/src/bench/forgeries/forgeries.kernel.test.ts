import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testRootfs } from '../../../../../packages/sandbox/test/kernel-host.ts';
import { cacheDir, cloneRoot } from '../../paths.ts';
import { bundleApp } from '../../prepare/bundle.ts';
import { prepareNative } from '../../prepare/native.ts';
import { RunnerProcess } from '../../rehearsal/runner-process.ts';
import { findLeftovers, rangeProcesses } from '../host-traces.ts';
import { buildBenchPrograms } from '../native.ts';
import { tryForgeries } from './attempt.ts';
import { claims, forgeries } from './index.ts';

test('nothing that a learner with root makes up is believed', { timeout: 240_000 }, async () => {
  const before = await rangeProcesses();
  const native = await prepareNative();
  const bundle = await bundleApp('apps/runner/src/runner.ts', 'runner');
  const sources = join(cloneRoot, 'apps/cli/src/bench/native');
  const programs = await buildBenchPrograms(join(cacheDir, 'bench'), sources);
  await using runner = await RunnerProcess.start({ rootfs: testRootfs(), native, bundle }, 8, 2);
  const { attempts, believed } = await tryForgeries({ runner, native, programs }, forgeries);
  expect(believed, believed.join('\n')).toEqual([]);
  expect(attempts).toBeGreaterThanOrEqual(20);
  await runner.stop();
  expect(await findLeftovers(runner.host, before)).toEqual([]);
});

test('every claim has a forgery, and every forgery a name of its own', () => {
  expect(new Set(forgeries.map(({ claim }) => claim))).toEqual(new Set(Object.keys(claims)));
  expect(new Set(forgeries.map(({ name }) => name)).size).toBe(forgeries.length);
});
