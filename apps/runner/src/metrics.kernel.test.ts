import { CheckSpec, shellPrompt } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { runnerMetrics } from '@tatami/telemetry';
import { expect, test } from 'vitest';
import { withNothingLeft } from '../test/nothing-left.ts';
import { startRunner } from '../test/running-runner.ts';

withNothingLeft();

type Runner = Awaited<ReturnType<typeof startRunner>>;

const ownPid = CheckSpec.parse({ id: 'pid', process: { innerPid: 1, differs: ['pid', 'mnt'] } });

/** Every line of the runner's page, by name and labels. */
async function scrape(runner: Runner) {
  const { status, body } = await runner.request('GET', '/metrics');
  expect(status).toBe(200);
  const text = String(body);
  const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
  const values = new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' '))),
    ]),
  );
  return {
    text,
    values,
    of(name: string): number {
      const value = values.get(name);
      if (value === undefined) throw new Error(`there is no ${name}`);
      return value;
    },
  };
}

/** Polls until a value is as wanted. */
async function becomes(runner: Runner, name: string, is: (value: number) => boolean) {
  let page = await scrape(runner);
  const what = () => `${name} becomes as wanted; it is ${page.of(name)}`;
  await until(
    async () => {
      page = await scrape(runner);
      return is(page.of(name));
    },
    { what: what() },
  );
  return page;
}

test('what happens to a machine is counted: made, typed in, judged, closed', async () => {
  await using runner = await startRunner();
  const fresh = await becomes(runner, 'tatami_pool_ready', (ready) => ready === 1);
  const exported = [...fresh.text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(exported).toEqual(Object.keys(runnerMetrics));
  expect(fresh.of('tatami_seats')).toBe(4);
  expect(fresh.of('tatami_pool_size')).toBe(1);
  expect(fresh.of('tatami_sandboxes{state="ready"}')).toBe(0);
  expect(fresh.of('tatami_sandbox_creation_seconds_count')).toBe(1);
  expect(fresh.of('tatami_verdicts_total{status="passed"}')).toBe(0);
  expect(fresh.of('tatami_verdict_delay_seconds_count{status="passed"}')).toBe(0);

  const { id } = await runner.create();
  const events = await runner.events(id);
  const step = { stepId: 'step', setup: 'sleep 1', checks: [ownPid], passed: [] };
  expect((await runner.request('PUT', `/sandboxes/${id}/step`, step)).status).toBe(200);
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(shellPrompt);
  terminal.type('sudo unshare --pid --fork --mount-proc bash\r');
  const page = await becomes(runner, 'tatami_verdicts_total{status="passed"}', (n) => n === 1);
  expect(events.some((event) => event.type === 'verdict')).toBe(true);

  expect(page.of('tatami_sandboxes{state="ready"}')).toBe(1);
  expect(page.of('tatami_sandbox_wait_seconds_count')).toBe(1);
  // The pool had one.
  expect(page.of('tatami_sandbox_wait_seconds_bucket{le="0.05"}')).toBe(1);
  expect(page.of('tatami_sandbox_creation_seconds_sum')).toBeGreaterThan(0.02);
  expect(page.of('tatami_verdict_delay_seconds_count{status="passed"}')).toBe(1);
  // Less than the set-up took, which nobody waited for, and more than the look waits.
  const delay = page.of('tatami_verdict_delay_seconds_sum{status="passed"}');
  expect(delay).toBeGreaterThan(0.02);
  expect(delay).toBeLessThan(1);
  expect(page.of('tatami_kernel_events_source{kind="bpf"}')).toBe(1);
  expect(page.of('tatami_kernel_events_total')).toBeGreaterThan(5);
  expect(page.of('tatami_kernel_events_lost_total')).toBe(0);
  expect(page.of('tatami_looks_total{result="made"}')).toBeGreaterThan(0);
  expect(page.of('tatami_looks_total{result="made"}')).toBe(page.of('tatami_look_seconds_count'));
  expect(page.of('tatami_terminals')).toBe(1);
  expect(page.of('tatami_terminal_clients{role="owner"}')).toBe(1);
  expect(page.of('tatami_terminal_ring_bytes')).toBeGreaterThan(50);
  const printed = page.of('tatami_terminal_output_bytes_total');
  expect(printed).toBe(page.of('tatami_terminal_ring_bytes'));
  expect(page.of('tatami_runner_cpu_seconds_total')).toBeGreaterThan(0);
  expect(page.of('tatami_runner_memory_bytes')).toBeGreaterThan(1e7);

  terminal.type('exit\r');
  expect((await runner.request('DELETE', `/sandboxes/${id}`)).status).toBe(204);
  const after = await becomes(runner, 'tatami_pool_ready', (ready) => ready === 1);
  expect(after.of('tatami_sandboxes_closed_total{reason="requested"}')).toBe(1);
  expect(after.of('tatami_sandboxes{state="ready"}')).toBe(0);
  expect(after.of('tatami_terminals')).toBe(0);
  expect(after.of('tatami_terminal_ring_bytes')).toBe(0);
  expect(after.of('tatami_terminal_output_bytes_total')).toBeGreaterThanOrEqual(printed);
  expect(after.of('tatami_recordings_bytes')).toBeGreaterThan(0);
  expect(after.of('tatami_sandbox_creation_seconds_count')).toBe(2);
  // Neither who nor what: machines come and go, series stay.
  expect([...after.values.keys()]).toEqual([...page.values.keys()]);
  expect(after.text).not.toContain(id);
});

test('output that a client does not acknowledge shows, and is gone with the client', async () => {
  await using runner = await startRunner({ TATAMI_WARM: 0 });
  const { id } = await runner.create();
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(shellPrompt);
  // What it gets from now on it reads, and does not say so.
  terminal.socket.removeAllListeners('message');
  terminal.type('head -c 50000 /dev/zero | tr "\\0" x\r');
  const waiting = await becomes(
    runner,
    'tatami_terminal_unacknowledged_bytes',
    (bytes) => bytes >= 50_000,
  );
  expect(waiting.of('tatami_terminal_ring_bytes')).toBeGreaterThanOrEqual(50_000);
  terminal.socket.terminate();
  await becomes(runner, 'tatami_terminal_unacknowledged_bytes', (bytes) => bytes === 0);
});
