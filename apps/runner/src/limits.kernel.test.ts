import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CheckSpec, type RunnerEvent } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { expect, test } from 'vitest';
import { startRunner } from '../test/running-runner.ts';

const rounds = 20;

test('a tick follows its fact within 500 ms at the 95th percentile', {
  timeout: 120_000,
}, async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const { id } = await runner.create();
  const events = await runner.events(id);
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(/learner@lab-host/);
  const check = CheckSpec.parse({ id: 'uts', process: { differs: ['uts'] } });
  const delays: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const step = { stepId: `round-${round}`, setup: '', checks: [check], passed: [] };
    await runner.request('PUT', `/sandboxes/${id}/step`, step);
    // Another phase of the watch in every round. The namespace is a few ms older than the word.
    const script = `echo fact-$((${round})).; exec sleep 1`;
    terminal.type(`sleep 0.${10 + round}; sudo unshare --uts sh -c '${script}'\r`);
    await terminal.expect(new RegExp(`fact-${round}\\.`));
    const seen = performance.now();
    const passed = (event: RunnerEvent) =>
      event.type === 'verdict' &&
      event.stepId === step.stepId &&
      event.verdict.verdict.status === 'passed';
    await until(() => events.some(passed), { what: `round ${round} ticks`, everyMs: 2 });
    delays.push(performance.now() - seen);
    await terminal.expect(/learner@lab-host/);
  }
  delays.sort((a, b) => a - b);
  console.info(
    `tick: median ${Math.round(delays[rounds / 2] ?? 0)} ms, p95 ${Math.round(delays[Math.ceil(rounds * 0.95) - 1] ?? 0)} ms`,
  );
  expect(delays[Math.ceil(rounds * 0.95) - 1]).toBeLessThan(500);
});

test('a full disk refuses new machines in words and leaves nothing', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=711', 'tmpfs', dir]);
  try {
    await chmod(dir, 0o711);
    await using runner = await startRunner({
      TATAMI_STATE_DIR: join(dir, 'run/state'),
      TATAMI_WARM: 0,
    });
    const { bavail, bsize } = await statfs(dir);
    await writeFile(join(dir, 'filler'), Buffer.alloc(bavail * bsize));
    const refused = await runner.request('POST', '/sandboxes');
    expect(refused).toMatchObject({ status: 507, body: { error: { code: 'runner.disk-full' } } });
    expect(await readdir(join(dir, 'run/state/sandboxes'))).toEqual([]);
    await rm(join(dir, 'filler'));
    expect((await runner.request('POST', '/sandboxes')).status).toBe(201);
  } finally {
    execFileSync('umount', ['--lazy', dir]);
    await rm(dir, { recursive: true });
  }
});

/** Processor time of this process's children that relay terminals, in ticks of a hundredth of a second. */
async function relayTicks(): Promise<{ relays: number; ticks: number }> {
  const found = { relays: 0, ticks: 0 };
  for (const pid of await readdir('/proc')) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const [, parent, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (Number(parent) !== process.pid || !command.includes('\0--tty\0')) continue;
    found.relays += 1;
    found.ticks += Number(fields[9]) + Number(fields[10]);
  }
  return found;
}

test('a relay whose terminal hung up while nobody reads takes no time', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(/[$#] $/);
  // From now on it acknowledges nothing.
  terminal.socket.removeAllListeners('message');
  terminal.type('exec timeout -s KILL 1 yes\r');
  await delay(2_500);
  const before = await relayTicks();
  await delay(1_000);
  const after = await relayTicks();
  expect(after.relays).toBe(1);
  expect(after.ticks - before.ticks).toBeLessThan(30);
});
