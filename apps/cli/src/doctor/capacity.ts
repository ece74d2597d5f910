import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { defaultLimits } from '@tatami/sandbox';
import { builtBytes, freeBytes } from '../prepare/disk.ts';
import type { Finding } from './finding.ts';

const mebibyte = 1024 * 1024;
/** Progress and recordings of one learner, generously. */
const recordingBytes = 16 * mebibyte;

/** What this host has to share out, in bytes but for `pidMax`. */
export interface Resources {
  pidMax: number;
  memoryBytes: number;
  freeDiskBytes: number;
}

/** Reads them; the disk is the one `cacheDir` lies on, or will. */
export async function readResources(cacheDir: string): Promise<Resources> {
  return {
    pidMax: Number(await readFile('/proc/sys/kernel/pid_max', 'utf8')),
    memoryBytes: totalmem(),
    freeDiskBytes: await freeBytes(cacheDir),
  };
}

/** Compares resources with `seats` sandboxes at their limits. */
export function capacityFindings(
  { pidMax, memoryBytes, freeDiskBytes }: Resources,
  seats: number,
): Finding[] {
  const { pids, memoryBytes: memoryLimit } = defaultLimits;
  const byPids = Math.floor(pidMax / pids);
  const byMemory = Math.floor(memoryBytes / memoryLimit);
  const neededDisk = builtBytes + seats * recordingBytes;
  const free = `${Math.floor(freeDiskBytes / mebibyte)} MiB free`;
  return [
    {
      name: 'pid_max',
      status: byPids >= seats ? 'ok' : 'warn',
      detail: `${pidMax}: room for ${byPids} of ${seats} sandboxes at their limit of ${pids} processes${byPids >= seats ? '' : `; sysctl -w kernel.pid_max=${seats * pids * 2}`}`,
    },
    {
      name: 'memory',
      status: byMemory >= seats ? 'ok' : 'warn',
      detail: `${Math.floor(memoryBytes / mebibyte)} MiB: room for ${byMemory} of ${seats} sandboxes at their limit of ${memoryLimit / mebibyte} MiB${byMemory >= seats ? '' : '; idle ones take a small part of it, so more fit, but not all busy'}`,
    },
    {
      name: 'disk',
      status: freeDiskBytes >= neededDisk ? 'ok' : freeDiskBytes >= builtBytes ? 'warn' : 'fail',
      detail:
        freeDiskBytes >= neededDisk
          ? free
          : `${free}; make room for ${neededDisk / mebibyte} MiB (images, and recordings of ${seats} learners)`,
    },
  ];
}
