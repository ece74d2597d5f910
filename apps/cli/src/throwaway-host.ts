import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildNative,
  openHost,
  reapSandboxes,
  removeCgroupParent,
  type SandboxHost,
} from '@tatami/sandbox';
import { cacheDir, cloneRoot } from './paths.ts';
import { prepareImage } from './prepare/image.ts';

/** Lends a host of sandboxes without a runner; nothing of it is left when `use` has ended. */
export async function withThrowawayHost<T>(
  seats: number,
  use: (host: SandboxHost) => Promise<T>,
): Promise<T> {
  const rootfs = await prepareImage();
  const native = await buildNative(
    join(cacheDir, 'native'),
    join(cloneRoot, 'packages/sandbox/native'),
  );
  const stateDir = await mkdtemp(join(tmpdir(), 'tatami-host-'));
  try {
    const host = await openHost({ native, rootfs, stateDir, seats });
    try {
      return await use(host);
    } finally {
      await reapSandboxes(host);
      await removeCgroupParent(host.cgroups);
    }
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}
