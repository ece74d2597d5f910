import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { hostTraces, openTestHost, procFile } from '../test/kernel-host.ts';
import { createSandbox, learner } from './index.ts';

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
});
