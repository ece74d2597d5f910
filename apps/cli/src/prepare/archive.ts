import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { installDebianPackages } from './debian.ts';

const packTimeoutMs = 300_000;

/**
 * Packs the learner's root filesystem, owners and attributes kept, as the images of containers take it. The same tree
 * gives the same bytes, so that an image that has it already need not be built anew.
 */
export async function packRoot(root: string, file: string): Promise<void> {
  await installDebianPackages(['zstd']);
  await mkdir(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  const order = ['--sort=name', '--numeric-owner', '--xattrs', '--xattrs-include=*'];
  try {
    await mustRun(
      'tar',
      [
        ...['--create', `--file=${unfinished}`, '--use-compress-program=zstd -3 -T2', ...order],
        ...[`--directory=${dirname(root)}`, '--format=posix', ...steadyHeaders],
        ...[...devices.map((pattern) => `--exclude=${pattern}`), basename(root)],
      ],
      { timeoutMs: packTimeoutMs },
    );
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Machines and containers mount a folder of their own over these; unpacking devices would take CAP_MKNOD. */
const devices = ['root/dev/*', 'root/usr/share/containers/images/overlay/*/diff/dev/*'];

/** Without them pax headers tell when tar ran, and when a file was read last. */
const steadyHeaders = ['--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'];
