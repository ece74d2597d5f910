import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tatami/sandbox';
import { expect, test } from 'vitest';
import { ended } from '../../../../packages/config/test/ended.ts';
import { keepFolder } from './kept-folder.ts';

const images = '/var/lib/tatami/images';
const launcher = join(import.meta.dirname, '../../bin/tatami.mjs');

/** Builds the image where an empty tmpfs of this size is in the place of those that were built. */
const buildImage = (size: string, meanwhile?: (pid: number) => Promise<void>) =>
  ended(
    [
      ...['unshare', '--mount', '--propagation', 'private', 'sh', '-c'],
      `mount -t tmpfs -o size=${size} tmpfs ${images} && "$0" "$@"
       code=$?; echo "left: $(ls -A ${images})"; exit $code`,
      ...[process.execPath, launcher, 'image'],
    ],
    {},
    meanwhile,
  );

test('the image is not begun where there is no room for it', async () => {
  const { code, stdout, stderr } = await buildImage('100m');
  expect(stderr).toBe(
    `tatami: there is no room for the learner's root filesystem: building it takes 2048 MiB below ${images}, where 100 MiB are free; make room there, or mount a larger disk, and start again.\n`,
  );
  expect(stdout).toBe('left: \n');
  expect(code).toBe(2);
});

test('a disk that fills while the image is built is told in a sentence, and nothing half-made is left', async () => {
  const { code, stdout, stderr } = await buildImage('3g', async (pid) => {
    const seen = `/proc/${pid}/root${images}`;
    await until(
      () => existsSync(seen) && readdirSync(seen).some((name) => name.startsWith('.build')),
      {
        what: 'the build has begun',
        timeoutMs: 30_000,
      },
    );
    const mount = ['mount', '-o', 'remount,size=128k', images];
    execFileSync('nsenter', ['--mount', '--target', String(pid), ...mount]);
  });
  expect(stderr.trim().split('\n').at(-1)).toBe(
    `tatami: the learner's root filesystem could not be built, for the disk that ${images} lies on is full; make room there and start again: nothing of the attempt is kept.`,
  );
  expect(stdout).toBe('left: \n');
  expect(code).toBe(2);
});

test('what a full disk kept from being built is built once there is room', async () => {
  const disk = await mkdtemp(join(tmpdir(), 'tatami-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
  try {
    const keep = () =>
      keepFolder(join(disk, 'kept'), 'the folder', (dir) =>
        writeFile(join(dir, 'large'), Buffer.alloc(4 * 1024 * 1024)),
      );
    await expect(keep()).rejects.toThrow(`the disk that ${disk} lies on is full`);
    expect(await readdir(disk)).toEqual([]);
    execFileSync('mount', ['-o', 'remount,size=16m', disk]);
    await keep();
    expect(await readdir(join(disk, 'kept'))).toEqual(['.seal', 'large']);
  } finally {
    execFileSync('umount', [disk]);
    await rm(disk, { recursive: true });
  }
});
