import { join } from 'node:path';
import { createSandbox, openEventSource } from '@tatami/sandbox';
import { expect, test } from 'vitest';
import { hostTraces, openTestHost } from '../../../../../packages/sandbox/test/kernel-host.ts';
import { cacheDir, cloneRoot } from '../../paths.ts';
import { prepareNative } from '../../prepare/native.ts';
import { bringProgram } from '../adopted-sandbox.ts';
import { buildBenchPrograms } from '../native.ts';
import { followOnce } from './follow-load.ts';
import { executeLoad, loadProgram } from './load-program.ts';

test('what the load program executes is known, and followed number by number', async () => {
  await using host = await openTestHost({ seats: 2 });
  const before = await hostTraces(host);
  const native = await prepareNative();
  const sources = join(cloneRoot, 'apps/cli/src/bench/native');
  const programs = await buildBenchPrograms(join(cacheDir, 'bench'), sources);
  const sandboxes = [await createSandbox(host), await createSandbox(host)];
  for (const sandbox of sandboxes) await bringProgram(sandbox, join(programs, 'load'), loadProgram);
  const source = await openEventSource({
    ...{ cgroups: host.cgroups, nativeBin: native.bin, programs: native, kinds: ['bpf'] },
    // So few that some of the second load are lost.
    ...{ recordsPerSecond: 100, burstRecords: 100 },
  });
  try {
    const slow = await followOnce(source, sandboxes, { commands: 20, intervalMs: 50 });
    expect(slow).toMatchObject({ executed: 40, lost: 0 });
    const fast = await followOnce(source, sandboxes, { commands: 200, intervalMs: 2 });
    expect(fast.executed).toBe(400);
    expect(fast.lost).toBeGreaterThan(0);
    expect(await executeLoad(sandboxes, { commands: 3, intervalMs: 10 })).toEqual([3, 3]);
  } finally {
    await source.close();
    for (const sandbox of sandboxes) await sandbox.close();
  }
  expect(await hostTraces(host)).toEqual(before);
});
