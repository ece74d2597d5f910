import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEchoRunner } from '../test/echo-runner.ts';
import { eventually, openBrowser, testConfig } from '../test/running-server.ts';
import { freePort, killServer, spawnServer } from '../test/server-process.ts';

const lab = '/api/labs/01-echo';

test('what was acknowledged survives kill -9, and so do the shells', {
  timeout: 60_000,
}, async () => {
  const config = await testConfig({ TATAMI_PORT: String(await freePort()) });
  const url = `http://127.0.0.1:${config.TATAMI_PORT}`;
  await using runner = await startEchoRunner(config.TATAMI_RUNNER_SOCKET);
  let child = await spawnServer(config);
  try {
    const browser = await openBrowser(url);
    const { resumeCode } = await browser.session();
    await browser.call('POST', `${lab}/machine`);
    const checks = ['first.one', 'first.two'];
    for (const [round, check] of checks.entries()) {
      const events = await browser.socket(`${lab}/events`).opened();
      const terminal = await browser
        .socket(`${lab}/terminals/1/stream?from=0&cols=80&rows=24`)
        .opened();
      terminal.socket.send(Buffer.from(`pass ${check}`));
      await eventually('the tick is told', () =>
        events.events.some((event) => event.type === 'verdict' && event.verdict.checkId === check),
      );
      // Killed in the moment in which the browser heard of it.
      await killServer(child);
      child = await spawnServer(config);
      const { body } = await browser.call('GET', `${lab}/attempt`);
      expect(body.passed.map(({ checkId }: { checkId: string }) => checkId)).toEqual(
        checks.slice(0, round + 1),
      );
      expect((await browser.session()).resumeCode).toBe(resumeCode);
      // The server is still finding the runner's machine again.
      await eventually('the machine is shown', async () =>
        Boolean((await browser.call('GET', `${lab}/attempt`)).body.machine),
      );
    }
    const resumed = await browser
      .socket(`${lab}/terminals/1/stream?from=4&cols=80&rows=24`)
      .opened();
    await eventually('the screen goes on at its byte', () => resumed.bytes.length > 0);
    expect(resumed.bytes.toString()).toBe(' first.onepass first.two');
    expect(runner.machines.size).toBe(1);
  } finally {
    await killServer(child);
    await rm(join(config.TATAMI_DATA_DIR, '..'), { recursive: true, force: true });
  }
});

test('a verdict reached while the server was down is saved when it is back', {
  timeout: 60_000,
}, async () => {
  const config = await testConfig({ TATAMI_PORT: String(await freePort()) });
  const url = `http://127.0.0.1:${config.TATAMI_PORT}`;
  await using runner = await startEchoRunner(config.TATAMI_RUNNER_SOCKET);
  let child = await spawnServer(config);
  try {
    const browser = await openBrowser(url);
    await browser.call('POST', `${lab}/machine`);
    await killServer(child);
    const [machine] = runner.machines.values();
    machine?.type('1', Buffer.from('pass first.two'));
    child = await spawnServer(config);
    await eventually('it is saved', async () => (await browser.session()).labs[0]?.passed === 1);
  } finally {
    await killServer(child);
    await rm(join(config.TATAMI_DATA_DIR, '..'), { recursive: true, force: true });
  }
});
