import { afterAll, beforeAll, expect } from 'vitest';
import { testRootfs } from '../../../packages/sandbox/test/kernel-host.ts';
import { findLeftovers, rangeProcesses } from '../src/bench/host-traces.ts';
import { bundleApp } from '../src/prepare/bundle.ts';
import { prepareNative } from '../src/prepare/native.ts';
import { RunnerProcess } from '../src/rehearsal/runner-process.ts';

/** A real runner for the tests of a file; after them nothing of it must be left. @returns how to get it. */
export function runnerForTests(seats: number): () => RunnerProcess {
  let runner: RunnerProcess | undefined;
  let before: Set<number>;
  const running = () => {
    if (!runner) throw new Error('the runner is not started yet');
    return runner;
  };
  beforeAll(async () => {
    before = await rangeProcesses();
    const native = await prepareNative();
    const bundle = await bundleApp('apps/runner/src/runner.ts', 'runner');
    runner = await RunnerProcess.start({ rootfs: testRootfs(), native, bundle }, seats, 1);
  });
  afterAll(async () => {
    await running().stop();
    const left = await findLeftovers(running().host, before);
    await running()[Symbol.asyncDispose]();
    expect(left).toEqual([]);
  });
  return running;
}
