import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boundsSwap, type CgroupHost } from './cgroups.ts';
import { defaultLimits, ociConfig } from './oci-config.ts';

test('swap is bounded where the kernel counts it, and not spoken of elsewhere', async () => {
  const memory = await mkdtemp(join(tmpdir(), 'tatami-memory-'));
  try {
    const host: CgroupHost = {
      version: 1,
      unified: null,
      controllers: new Map([['memory', memory]]),
      hierarchies: new Set([memory]),
      parent: 'tatami-test',
    };
    expect(memoryOf(host)).toEqual({ limit: defaultLimits.memoryBytes });
    await writeFile(join(memory, 'memory.memsw.limit_in_bytes'), '');
    const { memoryBytes } = defaultLimits;
    expect(memoryOf(host)).toEqual({ limit: memoryBytes, swap: memoryBytes });
  } finally {
    await rm(memory, { recursive: true });
  }
});

function memoryOf(host: CgroupHost): unknown {
  const config = ociConfig({
    id: 'test',
    base: 0,
    userNamespace: '',
    initSource: '',
    limits: defaultLimits,
    cgroupParent: host.parent,
    boundsSwap: boundsSwap(host),
    mappingBesidePath: false,
  }) as { linux: { resources: { memory: unknown } } };
  return config.linux.resources.memory;
}
