import { expect, test } from 'vitest';
import { hostTraces, openTestHost } from '../test/kernel-host.ts';
import { createSandbox, learner, until } from './index.ts';

// An emulated processor takes longer (images/vm/tests/run-tests).
const slowness = Number(process.env.TATAMI_TEST_SLOWNESS ?? 1);

// The lesson's whole world is tested in apps/runner; this is what it takes of the kernel.
test('containers with a network of their own run inside, and nothing of them stays', async () => {
  await using host = await openTestHost();
  const before = await hostTraces(host);
  const sandbox = await createSandbox(host);
  const run = (script: string) =>
    sandbox.exec(`exec 2>&1\n${script}`, { user: learner, timeoutMs: 20_000 * slowness });
  await until(async () => (await run('ping -c 1 -W 1 8.8.8.8')).status === 0, {
    what: 'the simulated internet answers',
    timeoutMs: 5_000 * slowness,
  });

  expect((await run('docker run --detach --name web nginx')).stdout).toMatch(/^[0-9a-f]{64}\n$/);
  expect((await run('docker exec web cat /proc/1/comm')).stdout).toBe('nginx\n');
  const http = 'curl --silent --max-time 5 http://api.internal:8080/health';
  await until(async () => (await run(`docker exec web ${http}`)).stdout === '{"status":"ok"}\n', {
    what: 'the container reaches the simulated internet',
    timeoutMs: 10_000 * slowness,
  });
  // Files of the image are changed and removed in the container's own layer.
  const files = 'rm -r /etc/nginx/conf.d; echo changed >/etc/hostname; touch /etc/new; ls /etc/new';
  expect((await run(`docker exec web sh -c '${files}'`)).stdout).toBe('/etc/new\n');
  expect((await run('docker rm --force --time 0 web')).status).toBe(0);

  await sandbox.close();
  expect(await hostTraces(host)).toEqual(before);
});
