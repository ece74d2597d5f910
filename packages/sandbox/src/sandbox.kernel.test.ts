import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { slowness } from '../test/event-log.ts';
import { hostTraces, openTestHost, procFile } from '../test/kernel-host.ts';
import { boundsSwap } from './cgroups.ts';
import { createSandbox, insideRoot, learner, mustRun, until } from './index.ts';

describe('a sandbox', () => {
  test('is a small machine of its own, and leaves nothing behind', async () => {
    await using host = await openTestHost();
    const before = await hostTraces(host);
    const sandbox = await createSandbox(host);
    const seen = await sandbox.exec(
      'hostname; id -u; findmnt --noheadings --output PROPAGATION /; ls /proc/2/comm; echo x > /root/file',
    );
    expect(seen.stderr).toBe('');
    expect(seen.stdout.split('\n').slice(0, 4)).toEqual([
      'lab-host',
      '0',
      'shared',
      '/proc/2/comm',
    ]);
    expect((await sandbox.exec('sudo -n id -u', { user: learner })).stdout).toBe('0\n');
    await sandbox.close();
    await sandbox.close();
    expect(await hostTraces(host)).toEqual(before);
  });

  test('has namespaces, a uid range and limits of its own', async () => {
    await using host = await openTestHost();
    const one = await createSandbox(host);
    const two = await createSandbox(host);
    expect(two.base).not.toBe(one.base);
    for (const sandbox of [one, two]) {
      expect(await procFile(sandbox.initPid, 'uid_map')).toMatch(
        new RegExp(`^ +0 +${sandbox.base} +65536\\n$`),
      );
      expect(await procFile(sandbox.initPid, 'status')).toMatch(/^Seccomp:\t2$/m);
    }
    const limits = await one.exec(
      'cat /proc/self/limits >/dev/null; df --output=size -B1 / | tail -1; unshare --net true; echo $?',
    );
    expect(limits.stdout.trim().split('\n').map(Number)).toEqual([host.limits.diskBytes, 0]);
  });

  test('has no swap to use', async (context) => {
    await using host = await openTestHost();
    if (!boundsSwap(host.cgroups)) return context.skip('this kernel does not count swap');
    const sandbox = await createSandbox(host);
    const { version, controllers, parent } = host.cgroups;
    const folder = join(controllers.get('memory') ?? '', parent, sandbox.id);
    const [file, bytes] =
      version === 2
        ? ['memory.swap.max', 0]
        : ['memory.memsw.limit_in_bytes', host.limits.memoryBytes];
    expect(Number(await readFile(join(folder, file), 'utf8'))).toBe(bytes);
  });

  test('ends a script that took too long, with all that it runs and nothing else', async () => {
    await using host = await openTestHost();
    const sandbox = await createSandbox(host);
    await sandbox.exec('setsid sleep 4242 >/dev/null 2>&1 &');
    const daemons = 'pgrep --full "sleep [4]24"';
    const before = (await sandbox.exec(daemons)).stdout;
    expect(before).toMatch(/^\d+\n$/);
    const script = `
      (sleep 424; true) & setsid sh -c 'sleep 424; true' & timeout 424 sh -c '(sleep 424; true)&' &
      touch /tmp/begun; bash -c 'sleep ${2 * slowness}; touch /tmp/after'; touch /tmp/after`;
    const result = await sandbox.exec(script, { timeoutMs: 1_000 * slowness });
    expect(result.status).toBe(137);
    expect((await sandbox.exec(daemons)).stdout).toBe(before);
    const left = await sandbox.exec(
      `pgrep --full "touch [/]tmp"; sleep ${1.5 * slowness}; ls /tmp`,
    );
    expect(left.stdout).toBe('begun\n');
  });

  test('ends a command without a terminal when its helper is killed', async () => {
    await using host = await openTestHost();
    const sandbox = await createSandbox(host);
    for (const user of [insideRoot, learner]) {
      const sleeps = async () => (await sandbox.exec('pgrep --exact sleep')).stdout !== '';
      const { file, args } = sandbox.enterCommand(['/bin/sleep', '60'], { user, tty: false });
      const helper = spawn(file, args, { stdio: 'ignore' });
      await until(sleeps, { what: 'the command runs' });
      helper.kill('SIGKILL');
      await until(async () => !(await sleeps()), { what: 'the command ends' });
    }
  });

  test('bounds the namespaces a learner can make', async () => {
    await using host = await openTestHost({ limits: { namespaces: 12 } });
    const sandbox = await createSandbox(host);
    const result = await sandbox.exec(`
      for i in $(seq 40); do unshare --uts sleep 60 & done 2>/tmp/errors
      sleep 0.7; echo "$(pgrep -c sleep) $(grep -c 'No space left' /tmp/errors)"
      echo 100000 > /proc/sys/user/max_uts_namespaces; unshare --uts true 2>&1; pkill sleep`);
    const [alive, refused] = result.stdout.split('\n')[0]?.split(' ').map(Number) ?? [];
    expect(alive).toBeLessThanOrEqual(12);
    expect(refused).toBeGreaterThanOrEqual(28);
    expect(result.stdout).toMatch(/unshare failed: No space left/);
  });

  test('gives a login shell a terminal of its own', async () => {
    await using host = await openTestHost();
    const sandbox = await createSandbox(host);
    const { file, args } = sandbox.enterCommand(
      ['/bin/bash', '--login', '-c', 'tty; stty size; sudo tty; exit 7'],
      {
        user: learner,
        tty: true,
      },
    );
    // script(1) lends an outer terminal; the runner has streams instead.
    const quoted = [file, ...args].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['--quiet', '--return', '--command', quoted, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
    const [code] = await once(child, 'close');
    expect(output).toMatch(/^\/dev\/pts\/\d+\r\n\d+ \d+\r\n\/dev\/pts\/\d+\r\n$/);
    expect(code).toBe(7);
  });

  test('refuses when no uid range is free, and lends it again after close', async () => {
    await using host = await openTestHost({ seats: 1 });
    const only = await createSandbox(host);
    await expect(createSandbox(host)).rejects.toMatchObject({ code: 'runner.no-range' });
    await only.close();
    await (await createSandbox(host)).close();
  });

  test('that fails half-way leaves nothing', async () => {
    await using host = await openTestHost();
    const before = await hostTraces(host);
    const broken = { ...host, native: { ...host.native, init: '/nonexistent' } };
    await expect(createSandbox(broken)).rejects.toMatchObject({ code: 'sandbox.create-failed' });
    const noLower = { ...host, rootfs: '/nonexistent' };
    await expect(createSandbox(noLower)).rejects.toMatchObject({ code: 'sandbox.create-failed' });
    expect(await hostTraces(host)).toEqual(before);
  });

  test('that fails and cannot be removed says why it failed, and goes later', async () => {
    await using host = await openTestHost();
    const before = await hostTraces(host);
    const folder = join(host.stateDir, 'sandboxes');
    const broken = { ...host, native: { ...host.native, init: '/nonexistent' } };
    // Folders can be made in it and none removed.
    await mustRun('chattr', ['+a', folder]);
    try {
      const failure = await createSandbox(broken).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'sandbox.create-failed' });
      expect(String((failure as Error).cause)).toContain('runc run failed');
      expect(host.ranges.free).toBe((before.freeRanges as number) - 1);
    } finally {
      await mustRun('chattr', ['-a', folder]);
    }
    const isFree = () => host.ranges.free === before.freeRanges;
    await until(isFree, { what: 'it is removed', timeoutMs: 20_000 * slowness });
    expect(await hostTraces(host)).toEqual(before);
  });
});
