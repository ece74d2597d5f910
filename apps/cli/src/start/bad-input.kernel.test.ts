import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ended } from '../../../../packages/config/test/ended.ts';
import { kernelFindings } from '../doctor/kernel.ts';
import { whyUnfit } from './requirements.ts';

const launcher = join(import.meta.dirname, '../../bin/tatami.mjs');
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tatami-bad-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** A port of loopback and the program that has it, until it is closed. */
async function takenPort(): Promise<[port: string, other: Server]> {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  return [String((other.address() as { port: number }).port), other];
}

/** Starts what `npm start` does in folders of its own, inside of `wrap`. */
async function start(options: string[], wrap: string[] = [], env: Record<string, string> = {}) {
  const [free, other] = await takenPort();
  other.close();
  const command = [...wrap, process.execPath, launcher, 'start', '--port', free];
  const folders = ['--data', join(dir, 'data'), '--run', join(dir, 'run')];
  return ended([...command, ...folders, ...options], env);
}

test('a port that is taken is told before anything is made', async () => {
  const [port, other] = await takenPort();
  const { code, stderr } = await start(['--port', port]);
  other.close();
  expect(stderr).toBe(
    `tatami: port ${port} of 127.0.0.1 is in use; stop what listens there, or choose another with TATAMI_PORT.\n`,
  );
  expect(code).toBe(2);
  expect(await readdir(dir)).toEqual([]);
});

test('wrong settings are told before anything is made', async () => {
  const { code, stderr } = await start([], [], { TATAMI_SEAT: '3', TATAMI_IDLE_MS: 'soon' });
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringContaining('there is no setting TATAMI_SEAT (the environment); the nearest name'),
    expect.stringContaining('TATAMI_IDLE_MS is "soon" (the environment); it takes a whole number'),
  ]);
  expect(code).toBe(2);
  expect(await readdir(dir)).toEqual([]);
});

test('a data folder that is a file is told', async () => {
  await writeFile(join(dir, 'data'), 'kept');
  const { code, stderr } = await start([]);
  expect(stderr).toBe(
    `tatami: the data folder ${dir}/data is not a folder, or lies below something that is none; move that away, or name another with TATAMI_DATA.\n`,
  );
  expect(code).toBe(2);
});

test('a data folder on a read-only file system is told', async () => {
  const readOnly = 'mount -t tmpfs -o ro tmpfs "$0" && exec "$@"';
  const inside = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', readOnly, dir];
  const { code, stderr } = await start([], inside);
  expect(stderr).toContain(
    `the data folder ${dir}/data is on a file system that is mounted read-only`,
  );
  expect(code).toBe(2);
});

test('an old kernel is told', async () => {
  // The kernel's own personality(2): uname(2) answers 2.6 then.
  const { code, stderr } = await start([], ['setarch', '--uname-2.6']);
  expect(stderr).toMatch(
    /^tatami: this host cannot carry sandboxes \(kernel: 2\.6\.\S+ is too old: sandboxes need 5\.19 \(Debian 12 has 6\.1\); boot a newer one\); npm run tatami -- doctor tells more\.\n$/,
  );
  expect(code).toBe(2);
});

test('what else a kernel 4.19 lacks does not matter: its age alone is told', async () => {
  expect(whyUnfit(await kernelFindings('6.1.0-56-cloud-amd64'))).toBeNull();
  expect(whyUnfit(await kernelFindings('4.19.0-27-amd64'))).toContain(
    '(kernel: 4.19.0-27-amd64 is too old',
  );
});

test('cgroups that are not mounted are told', async () => {
  const bare =
    'umount --recursive /sys/fs/cgroup 2>/dev/null; umount --all -t cgroup,cgroup2; exec "$0" "$@"';
  const inside = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', bare];
  const { code, stderr } = await start([], inside);
  expect(stderr).toContain('(cgroups: no cgroup file system is mounted; mount one: ');
  expect(code).toBe(2);
});
