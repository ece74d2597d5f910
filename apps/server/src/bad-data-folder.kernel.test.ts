import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended } from '../../../packages/config/test/ended.ts';
import { serverEnv, serverProgram } from '../test/server-program.ts';

async function startIn(
  wrap: (dir: string) => string[],
): Promise<{ code: number | null; stderr: string; dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-bad-'));
  try {
    const { code, stderr } = await ended([...wrap(dir), ...serverProgram], serverEnv(dir));
    expect(await readdir(dir)).toEqual([]);
    return { code, stderr, dir };
  } finally {
    await rm(dir, { recursive: true });
  }
}

test('a data folder of somebody else is named, with whose it should be', async () => {
  // Root without its capabilities is a user like others.
  const { code, stderr, dir } = await startIn((folder) => [
    'sh',
    '-c',
    'chown 65534 "$0" && exec setpriv --inh-caps=-all --bounding-set=-all "$@"',
    folder,
  ]);
  expect(stderr).toBe(
    `The server cannot start: the data folder ${dir}/data/server is not writable for user 0; give it to that user (chown), or name another with TATAMI_DATA.\n`,
  );
  expect(code).toBe(1);
});

test('a data folder on a read-only file system is named, with that', async () => {
  const { code, stderr, dir } = await startIn((folder) => [
    ...['unshare', '--mount', '--propagation', 'private', 'sh', '-c'],
    'mount -t tmpfs -o ro tmpfs "$0" && exec "$@"',
    folder,
  ]);
  expect(stderr).toBe(
    `The server cannot start: the data folder ${dir}/data/server is on a file system that is mounted read-only; mount it writable, or name another with TATAMI_DATA.\n`,
  );
  expect(code).toBe(1);
});
