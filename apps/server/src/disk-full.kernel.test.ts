import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { eventually, startServer } from '../test/running-server.ts';

const lab = '/api/labs/01-echo';

test('a full disk is said in words, loses nothing, and heals', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', dir]);
  try {
    await using server = await startServer({ TATAMI_DATA_DIR: join(dir, 'server/data') });
    const browser = await server.browser();
    await browser.call('POST', `${lab}/machine`);
    const events = await browser.socket(`${lab}/events`).opened();
    const terminal = await browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
    terminal.socket.send(Buffer.from('pass first.one'));
    await eventually('it is saved', async () => (await browser.session()).labs[0]?.passed === 1);

    const { bavail, bsize } = await statfs(dir);
    await writeFile(join(dir, 'filler'), Buffer.alloc(bavail * bsize));
    let refused = await browser.call('PUT', `${lab}/step`, { stepId: '01-second' });
    // Some room may be left in the write-ahead log.
    for (let n = 0; n < 200 && refused.status === 200; n++)
      refused = await browser.call('PUT', `${lab}/step`, {
        stepId: n % 2 ? '00-first' : '01-second',
      });
    expect(refused.status).toBe(507);
    expect(refused.body.error).toMatchObject({ code: 'server.disk-full', number: 1500 });
    expect((await browser.session()).labs[0]?.passed).toBe(1);

    const ready = async () => (await fetch(`${server.url}/readyz`)).json();
    const full = { status: 'unready', failing: ['data-folder'] };
    await eventually('it says so', async () => isDeepStrictEqual(await ready(), full));

    // Not told to the learner before it is saved.
    terminal.socket.send(Buffer.from('pass first.two'));
    await eventually(
      'the link gave up',
      () => server.runner.machines.values().next().value?.events.size === 0,
    );
    const told = () =>
      events.events.some(
        (event) => event.type === 'verdict' && event.verdict.checkId === 'first.two',
      );
    expect(told()).toBe(false);
    await rm(join(dir, 'filler'));
    await eventually(
      'it is saved after all',
      async () => (await browser.session()).labs[0]?.passed === 2,
    );
    await eventually('it is ready', async () => (await ready()).status === 'ready');
  } finally {
    // Lazily: the database driver lets go of its files when it is collected.
    execFileSync('umount', ['--lazy', dir]);
    await rm(dir, { recursive: true });
  }
});
