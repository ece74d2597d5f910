import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { type CgroupHost, detectCgroups } from './cgroups.ts';
import { mustRun } from './command.ts';
import { arrangeDelegatedRoot } from './delegation.ts';
import { kernelFault } from './kernel-release.ts';
import type { NativePrograms } from './native.ts';
import { defaultLimits, type Limits } from './oci-config.ts';
import { UidRanges } from './uid-ranges.ts';

/** The machine that sandboxes are made on: what it offers and where things lie. */
export interface SandboxHost {
  cgroups: CgroupHost;
  native: Pick<NativePrograms, 'bin' | 'init'>;
  /** The learner's root filesystem, shared read-only by all sandboxes. */
  rootfs: string;
  /** Holds one folder per living sandbox, and runc's own state; on a tmpfs, gone after a boot. */
  stateDir: string;
  ranges: UidRanges;
  limits: Limits;
  runcVersion: string;
}

/** Folder of one sandbox's bundle. */
export const sandboxDir = (host: SandboxHost, id: string): string =>
  join(host.stateDir, 'sandboxes', id);
/** runc's `--root`. */
export const runcRoot = (host: SandboxHost): string => join(host.stateDir, 'runc');

/**
 * Looks at the host and prepares the state folder.
 * @throws one sentence when something that sandboxes need is missing.
 */
export async function openHost(options: {
  native: Pick<NativePrograms, 'bin' | 'init'>;
  rootfs: string;
  stateDir: string;
  seats: number;
  limits?: Partial<Limits>;
}): Promise<SandboxHost> {
  if (process.getuid?.() !== 0) throw new Error('sandboxes need root; run this as root');
  const old = kernelFault(release());
  if (old) throw new Error(`the kernel ${old}`);
  if (!existsSync(join(options.rootfs, 'bin/bash'))) {
    throw new Error(
      `there is no learner's root filesystem at ${options.rootfs}; run npm start to build it`,
    );
  }
  const runc = await mustRun('runc', ['--version']).catch((cause: Error) => {
    throw new Error(`runc cannot be run (${cause.message}); install it: apt-get install runc`, {
      cause,
    });
  });
  // Two runners on one machine (a test beside the real one) must not reap each other's sandboxes.
  const instance = createHash('sha256').update(options.stateDir).digest('hex').slice(0, 8);
  const sandboxes = join(options.stateDir, 'sandboxes');
  await mkdir(sandboxes, { recursive: true });
  // runc looks the bundle up as the sandbox's root, who is nobody on the host.
  for (const dir of [options.stateDir, sandboxes]) await chmod(dir, 0o711);
  const cgroups = await detectCgroups(`tatami-${instance}`);
  await arrangeDelegatedRoot(cgroups);
  return {
    cgroups,
    native: options.native,
    rootfs: options.rootfs,
    stateDir: options.stateDir,
    ranges: new UidRanges(options.seats),
    limits: { ...defaultLimits, ...options.limits },
    runcVersion: runc.match(/runc version (\S+)/)?.[1] ?? 'unknown',
  };
}
