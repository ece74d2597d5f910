import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { cached, makeDisk, withRunFolder } from '../cache.ts';
import type { Disk } from '../qemu.ts';
import {
  type HostParts,
  makePreparedDisk,
  makeRelease,
  makeSeed,
  makeSupplies,
  prepareHostParts,
} from './disks.ts';
import { port, withGuest } from './guest.ts';
import { blocks, fillIn, scriptOf, userData } from './user-data.ts';

const installLimitMs = 45 * 60_000;

/** A host that cloud-init has installed, switched off. */
export interface InstalledHost {
  kernel: string;
  disks: Disk[];
}

/**
 * Installs a host as an operator does: a cloud image's first boot, with the user-data of packaging/cloud-init.
 * Once per content of the clone and of what it is installed from.
 * @throws UserError when that does not work.
 */
export function prepareInstalledHost(learnerRoot: string): Promise<InstalledHost> {
  return withRunFolder(async (scratch) => {
    const parts = await prepareHostParts(learnerRoot);
    const release = await makeRelease(scratch);
    const text = fillIn(userData(), {
      releaseUrl: 'file:///mnt/supplies/tatami.tgz',
      releaseSha256: release.sha256,
      settings: { TATAMI_SEATS: '4', TATAMI_HOST: '0.0.0.0', TATAMI_PORT: String(port) },
    });
    const key = createHash('sha256').update(parts.key).update(text).digest('hex').slice(0, 16);
    const dir = await cached(
      `installed-${key}`,
      'the installed host (a first boot with cloud-init under software emulation, some minutes)',
      async (folder) => {
        const disk = join(folder, 'installed.ext4');
        const supplies = await makeSupplies(scratch, parts, release.path);
        const script = scriptOf(text);
        await makePreparedDisk(disk, { parts, supplies, script, scratch });
        await makeDisk(supplies, join(scratch, 'supplies.ext4'), 'tatami-supplies');
        await firstBoot(parts, { disk, scratch, seed: await makeSeed(folder, text) });
      },
    );
    const disks: Disk[] = [
      { file: join(dir, 'installed.ext4') },
      // As a cloud has the user-data for its machine on every boot.
      ...[parts.images, join(dir, 'seed.iso')].map(labelled),
    ];
    return { kernel: parts.kernel, disks };
  });
}

const labelled = (file: string): Disk => ({ file, bus: 'virtio' });

async function firstBoot(
  parts: HostParts,
  { seed, scratch, disk }: Record<'seed' | 'scratch' | 'disk', string>,
): Promise<void> {
  const supplies = join(scratch, 'supplies.ext4');
  const disks: Disk[] = [
    { file: disk, kept: true },
    ...[parts.images, supplies, seed].map(labelled),
  ];
  await withGuest(
    { kernel: parts.kernel, disks },
    { scratch, limitMs: installLimitMs },
    async (agent) => {
      await agent.ready();
      const ended = await agent.run('cloud-init status --wait --long');
      if (ended.status !== 0) {
        const { output } = await agent.run('tail -n 40 /var/log/cloud-init-output.log');
        throw new Error(`cloud-init: exit ${ended.status}: ${ended.output}\n${output}`);
      }
      for (const taken of [[], ['tls'], ['disk'], blocks] as const) {
        const file = Buffer.from(userData([...taken])).toString('base64');
        const checked = await agent.run(
          `base64 --decode <<<${file} >/tmp/user-data && cloud-init schema --config-file /tmp/user-data`,
        );
        if (checked.status !== 0)
          throw new Error(
            `cloud-init schema, with ${taken.join(', ') || 'no'} block: ${checked.output}`,
          );
      }
    },
  );
}
