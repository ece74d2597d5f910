import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CheckSpec, closeCodes, maxClientFrameBytes, type RunnerEvent } from '@tatami/protocol';
import { findSandboxes, openHost, SandboxCgroups, until } from '@tatami/sandbox';
import { describe, expect, test } from 'vitest';
import { startRunner, testConfig } from '../test/running-runner.ts';
import type { RunnerConfig } from './config.ts';

const pid1 = CheckSpec.parse({
  id: 'pid1',
  process: {
    program: 'shell',
    innerPid: 1,
    differs: ['pid', 'mnt'],
    same: ['net', 'uts', 'ipc'],
    ownProc: true,
  },
});

/** The newest verdict of a check among the events. */
function verdict(events: RunnerEvent[], id: string) {
  return events.findLast((event) => event.type === 'verdict' && event.verdict.checkId === id) as
    | Extract<RunnerEvent, { type: 'verdict' }>
    | undefined;
}
const statusOf = (events: RunnerEvent[], id: string) => verdict(events, id)?.verdict.verdict.status;
const reasonOf = (events: RunnerEvent[], id: string) => {
  const found = verdict(events, id)?.verdict.verdict;
  return found && 'reason' in found ? found.reason.key : undefined;
};

async function openLab(runner: Awaited<ReturnType<typeof startRunner>>, check: CheckSpec) {
  const { id } = await runner.create();
  const events = await runner.events(id);
  const step = { stepId: 'step', setup: '', checks: [check], passed: [] };
  expect((await runner.request('PUT', `/sandboxes/${id}/step`, step)).status).toBe(200);
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(/learner@lab-host/);
  return { id, events, terminal };
}

/** The host as the runner with these settings sees it. */
const runnerHost = (config: RunnerConfig) =>
  openHost({
    native: { bin: config.TATAMI_NATIVE_BIN, init: config.TATAMI_NATIVE_INIT },
    rootfs: config.TATAMI_ROOTFS,
    stateDir: config.TATAMI_STATE_DIR,
    seats: 1,
  });

describe('the runner', () => {
  test('ticks a shell that is PID 1, and nothing that only looks like one', async () => {
    await using runner = await startRunner();
    const { events, terminal } = await openLab(runner, pid1);
    // sudo throws away what is typed ahead, so each shell's end is awaited.
    const leave = async () => {
      terminal.text = '';
      terminal.type('exit\r');
      await terminal.expect(/learner@lab-host/);
    };
    terminal.type('echo 1; alias echo="echo 1"; bash -c "exec -a \'PID 1\' bash -c \'sleep 2\'"\r');
    await until(() => reasonOf(events, 'pid1') !== undefined, { what: 'a reason is given' });
    expect(statusOf(events, 'pid1')).toBe('not-yet');

    terminal.type('sudo unshare --pid /bin/bash\r');
    await until(() => reasonOf(events, 'pid1') === 'reason.pid-not-forked', {
      what: 'the missing --fork is named',
    });
    await leave();

    terminal.type('sudo unshare --pid --fork /bin/bash\r');
    await until(() => reasonOf(events, 'pid1')?.match(/no-namespace|proc-not-own/) != null, {
      what: 'the missing /proc is named',
    });
    await leave();

    terminal.type('sudo unshare --pid --fork --mount-proc /bin/bash\r');
    await terminal.expect(/root@lab-host/);
    const reached = Date.now();
    await until(() => statusOf(events, 'pid1') === 'passed', { what: 'the item ticks' });
    expect(Date.now() - reached).toBeLessThan(500);
    terminal.type('echo "pid is $$"\r');
    await terminal.expect(/pid is 1\r/);
  });

  test('R5, R6, R8, R23: a dropped client resumes at its byte, a second client owns', async () => {
    await using runner = await startRunner();
    const { id, terminal } = await openLab(runner, pid1);
    terminal.type('tty; stty size; echo one-$((1+1))\r');
    await terminal.expect(/\/dev\/pts\/0\r\n24 80\r\none-2\r\n/);
    await terminal.expect(/learner@lab-host.*\$ /);
    const { offset } = terminal;
    terminal.socket.terminate();
    const second = await runner.terminal(id, '1', { from: offset });
    expect(second.messages[0]).toMatchObject({ type: 'hello', offset, snapshot: null });
    second.type('echo two-$((1+1))\r');
    await second.expect(/two-2/);
    const third = await runner.terminal(id, '1');
    await until(() => second.messages.length > 1, { what: 'the second client is told' });
    expect(second.messages[1]).toEqual({ type: 'role', role: 'viewer' });
    await third.expect(/one-2[\s\S]*two-2/);
    third.type('exit\r');
    await until(() => third.closeCode === closeCodes.shellExited, {
      what: 'the end of the shell is told',
    });
    expect(third.messages.at(-1)).toEqual({ type: 'exit', exitCode: 0 });
    await until(() => second.closeCode === closeCodes.shellExited, { what: 'to all' });
    const late = await runner.terminal(id, '1', { from: offset });
    await until(() => late.closeCode === closeCodes.shellExited, { what: 'R23: told again' });
    expect(late.text).toMatch(/two-2[\s\S]*exit/);
    const next = await runner.terminal(id, '1', { from: late.offset, new: '1' });
    expect(next.messages[0]).toMatchObject({ offset: late.offset });
    await next.expect(/learner@lab-host/);
  });

  test('R23: not a byte of a shell that floods and ends is lost, 20 times', async () => {
    await using runner = await startRunner();
    const { id } = await openLab(runner, pid1);
    for (let run = 1; run <= 20; run++) {
      const shell = await runner.terminal(id, '2', { new: '1' });
      await shell.expect(/learner@lab-host.*\$ /);
      const last = 1000 * run;
      shell.type(`exec sh -c 'printf "<"; seq -s, ${last}; printf ">"'\r`);
      await until(() => shell.closeCode === closeCodes.shellExited, { what: 'the shell ends' });
      const numbers = Array.from({ length: last }, (_, n) => n + 1).join(',');
      expect(shell.text.endsWith(`<${numbers}\r\n>`), `run ${run}`).toBe(true);
    }
  });

  test('R2, R3, R4, R5, R18, R27: bad input ends the stream it comes on, by its code', async () => {
    await using runner = await startRunner();
    const { id, terminal } = await openLab(runner, pid1);
    const bad: [sent: string | Buffer, code: number, query?: Record<string, string>][] = [
      ['no JSON', closeCodes.badMessage],
      [
        Buffer.from('{"type":"ack","offset":\xff}', 'latin1').toString('latin1'),
        closeCodes.badMessage,
      ],
      ['{"type":"resize","cols":0,"rows":24}', closeCodes.badMessage],
      ['{"type":"resize","cols":100000,"rows":24}', closeCodes.badMessage],
      ['{"type":"resize","cols":80,"rows":24,"depth":8}', closeCodes.badMessage],
      ['{"type":"ack","offset":-1}', closeCodes.badMessage],
      ['{"type":"ack","offset":1e300}', closeCodes.badMessage],
      ['{"type":"ack","offset":99999999}', closeCodes.badMessage],
      ['{"type":"take"}', closeCodes.badMessage, { as: 'viewer' }],
      [Buffer.alloc(maxClientFrameBytes + 1), 1009],
      ['x'.repeat(maxClientFrameBytes + 1), 1009],
    ];
    for (const [sent, code, query] of bad) {
      const client = await runner.terminal(id, '1', query);
      client.socket.send(sent);
      await until(() => client.closeCode !== undefined, { what: `${sent} ends the stream` });
      expect(client.closeCode, String(sent).slice(0, 40)).toBe(code);
    }
    for (const query of [{ cols: '0' }, { rows: '100000' }, { from: '-1' }, { as: 'root' }]) {
      const client = await runner.terminal(id, '1', query);
      expect(client.closeCode).toBe(closeCodes.badMessage);
    }
    const garbled = await runner.terminal(id, '1');
    garbled.socket.send(Buffer.of(0xff, 0xfe), { binary: false });
    await until(() => garbled.closeCode === 1007, { what: 'RFC 6455: text is UTF-8' });
    // As input it is like any other, and the shell is as well as before.
    const last = await runner.terminal(id, '1');
    last.socket.send(Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x15]));
    last.type('echo well-$((1+1))\r');
    await last.expect(/well-2\r/);
    expect(terminal.closeCode).toBeUndefined();
  });

  test('stops an endless output at once on Ctrl-C, and follows a resize', async () => {
    await using runner = await startRunner();
    const { terminal } = await openLab(runner, pid1);
    terminal.socket.send(JSON.stringify({ type: 'resize', cols: 101, rows: 33 }));
    terminal.type('stty size\r');
    await terminal.expect(/33 101/);
    terminal.type('yes\r');
    await terminal.expect(/y\r\ny\r\ny\r\n/);
    const pressed = Date.now();
    terminal.type('\x03');
    await terminal.expect(/\^C[\s\S]*learner@lab-host/);
    expect(Date.now() - pressed).toBeLessThan(1000);
  });

  test('R30: a viewer that reads nothing does not slow the owner', async () => {
    await using runner = await startRunner();
    const { id, terminal } = await openLab(runner, pid1);
    terminal.type('yes 0123456789 | head -c 8000000 > lines\r');
    await terminal.expect(/learner@lab-host.*\$ /);
    const catMs = async () => {
      terminal.text = '';
      const started = performance.now();
      terminal.type('cat lines; echo all-$((1+1))\r');
      await until(() => /all-2/.test(terminal.text.slice(-200)), {
        ...{ what: 'all lines are shown', timeoutMs: 30_000, everyMs: 1 },
      });
      return performance.now() - started;
    };
    await catMs();
    const [alone, watched]: [number[], number[]] = [[], []];
    for (let round = 0; round < 5; round++) {
      alone.push(await catMs());
      const viewer = await runner.terminal(id, '1', { as: 'viewer' });
      // It neither reads nor acknowledges.
      viewer.socket.pause();
      watched.push(await catMs());
      viewer.socket.terminate();
    }
    expect(Math.min(...watched)).toBeLessThan(1.5 * Math.min(...alone));
  });

  test('R25: a paste that no program reads holds nobody up', async () => {
    await using runner = await startRunner();
    const { terminal } = await openLab(runner, pid1);
    const neighbour = await runner.terminal((await runner.create()).id, '1');
    await neighbour.expect(/learner@lab-host/);
    // Long enough for more to come, at the pace of R35, than is kept.
    terminal.type('stty raw -echo; echo go; sleep 4; timeout 4 cat > /dev/null; stty sane\r');
    await terminal.expect(/go/);
    for (let n = 0; n < 28; n++) terminal.type('x'.repeat(64 * 1024));
    const answers: number[] = [];
    for (let n = 0; n < 20; n++) {
      const typed = performance.now();
      neighbour.type(`echo here-$((${n}+100))\r`);
      await neighbour.expect(new RegExp(`here-${n + 100}\r`));
      answers.push(performance.now() - typed);
    }
    expect(Math.max(...answers)).toBeLessThan(500);
    await until(() => terminal.text.includes('\u0007'), { what: 'the bell rings' });
    await terminal.expect(/learner@lab-host/);
    terminal.type('echo back-$((1+1))\r');
    await terminal.expect(/back-2\r/);
  });

  test('R35: a large paste comes whole, only slower, and a flood of messages ends the stream', async () => {
    await using runner = await startRunner();
    const { id, terminal } = await openLab(runner, pid1);
    const pasted = randomBytes(1024 * 1024);
    terminal.type(`stty raw -echo; echo go; head -c ${pasted.length} | sha256sum; stty sane\r`);
    await terminal.expect(/go/);
    const began = performance.now();
    for (let at = 0; at < pasted.length; at += maxClientFrameBytes)
      terminal.socket.send(pasted.subarray(at, at + maxClientFrameBytes));
    await terminal.expect(new RegExp(createHash('sha256').update(pasted).digest('hex')));
    expect(performance.now() - began).toBeGreaterThan(1500);
    const flood = await runner.terminal(id, '1');
    for (let n = 0; n < 3000; n++) flood.socket.send('{"type":"resize","cols":80,"rows":24}');
    await until(() => flood.closeCode !== undefined, { what: 'the flood ends the stream' });
    expect(flood.closeCode).toBe(closeCodes.tooFast);
  });

  test('R37: only what a program prints now and then waits, and for 250 ms at most', async () => {
    await using runner = await startRunner();
    const { terminal } = await openLab(runner, pid1);
    /** Milliseconds from when a time is printed, every `seconds`, to when it arrives. */
    const delays = async (seconds: number, count: number) => {
      terminal.type(`for n in {1..${count}}; do sleep ${seconds}; date +%s%3N; done; echo over\r`);
      const late: number[] = [];
      // Typing is over by then.
      await delay(2_100);
      terminal.text = '';
      while (late.length < count - 3 / seconds) {
        const [, printed] = await terminal.expect(/(\d{13})\r/);
        late.push(Date.now() - Number(printed));
      }
      await terminal.expect(/over\r/);
      return late.sort((a, b) => a - b);
    };
    const median = (sorted: number[]) => sorted[sorted.length >> 1] as number;
    // With what a command takes to start no multiple of the quarter of a second, or each would wait as long as the one before.
    const rare = await delays(0.64, 11);
    const moving = await delays(0.1, 40);
    expect(median(rare)).toBeLessThan(250);
    expect(median(rare)).toBeGreaterThan(median(moving));
    expect(median(moving)).toBeLessThan(40);
  }, 40_000);

  test('answers bad input with numbered errors', async () => {
    await using runner = await startRunner({ TATAMI_SEATS: 1 });
    const { id } = await openLab(runner, pid1);
    expect((await runner.request('POST', '/sandboxes')).body).toMatchObject({
      error: { code: 'runner.no-seat' },
    });
    expect((await runner.request('GET', '/sandboxes/000000000000')).status).toBe(404);
    expect((await runner.request('PUT', `/sandboxes/${id}/step`, { stepId: 1 })).status).toBe(400);
    const broken = { stepId: 'step', setup: 'exit 3', checks: [], passed: [] };
    expect((await runner.request('PUT', `/sandboxes/${id}/step`, broken)).body).toMatchObject({
      error: { code: 'sandbox.setup-failed' },
    });
    expect((await runner.request('DELETE', `/sandboxes/${id}`)).status).toBe(204);
    expect((await runner.request('DELETE', `/sandboxes/${id}`)).status).toBe(204);
    const { body } = await runner.request('GET', `/sandboxes/${id}/terminals/1/recording/bytes`);
    expect(body).toContain('learner@lab-host');
  });

  test('warns before a deadline, then closes', async () => {
    await using runner = await startRunner({ TATAMI_IDLE_MS: 2500 });
    const { events, terminal } = await openLab(runner, pid1);
    await until(() => events.some(({ type }) => type === 'closed'), {
      what: 'the idle machine closes',
    });
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({ limit: 'idle' });
    expect(events.at(-1)).toEqual({ type: 'closed', reason: 'idle' });
    await until(() => terminal.closeCode === closeCodes.sandboxClosed, {
      what: 'the terminal is told',
    });
  });

  test('a machine whose PID 1 ends is closed and told of, with no step open', async () => {
    await using runner = await startRunner();
    const { id } = await runner.create();
    const events = await runner.events(id);
    const host = await runnerHost(runner.config);
    const [init] = await new SandboxCgroups(host.cgroups, id).pids();
    process.kill(init as number, 'SIGKILL');
    await until(() => events.some(({ type }) => type === 'closed'), { what: 'the end is told' });
    expect(events.at(-1)).toEqual({ type: 'closed', reason: 'crashed' });
    expect(await findSandboxes(host)).not.toContain(id);
  });

  test('resets a step: new shells, files and what was passed stay', async () => {
    await using runner = await startRunner();
    const { id, events, terminal } = await openLab(runner, pid1);
    terminal.type('touch kept; sudo unshare --pid --fork --mount-proc /bin/bash\r');
    await until(() => statusOf(events, 'pid1') === 'passed', { what: 'the item ticks' });
    const step = { stepId: 'step', setup: 'touch /tmp/begun', checks: [pid1], passed: ['pid1'] };
    const begun = Date.now();
    const answer = await runner.request('PUT', `/sandboxes/${id}/step`, { ...step, restart: true });
    expect(answer.status).toBe(200);
    expect(Date.now() - begun).toBeLessThan(2000);
    await until(() => terminal.closeCode === closeCodes.shellExited, { what: 'the shell is gone' });
    const next = await runner.terminal(id, '1');
    await next.expect(/learner@lab-host/);
    next.type('ls kept /tmp/begun; pgrep -c unshare\r');
    await next.expect(/\/tmp\/begun +kept\r\n0\r/);
  });

  test('on its end every machine is told to have ended, and a client that hangs does not hold it up', async () => {
    const runner = await startRunner();
    const { id } = await runner.create();
    const events = await runner.events(id);
    const terminal = await runner.terminal(id, '1');
    const hung = await runner.terminal(id, '2');
    hung.socket.pause();
    const startedMs = performance.now();
    await runner[Symbol.asyncDispose]();
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    expect(terminal.closeCode).toBe(closeCodes.sandboxClosed);
    expect(events.at(-1)).toEqual({ type: 'closed', reason: 'shutdown' });
  });

  test('after kill -9 the next start removes every sandbox', async () => {
    const config = await testConfig();
    const env = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, String(value)]),
    );
    const entry = join(import.meta.dirname, 'runner.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', entry], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const host = await runnerHost(config);
    await until(async () => (await findSandboxes(host)).length > 0, {
      what: 'the pool has a sandbox',
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await findSandboxes(host)).not.toEqual([]);
    {
      await using next = await startRunner({ ...config, TATAMI_WARM: 0 });
      expect(await findSandboxes(host)).toEqual([]);
      expect((await next.request('GET', '/health')).status).toBe(200);
    }
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(config.TATAMI_STATE_DIR);
  });
});
