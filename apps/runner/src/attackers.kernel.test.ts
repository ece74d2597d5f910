import { CheckSpec, type RunnerEvent, type Verdict } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { expect, test } from 'vitest';
import { startRunner, type TestTerminal } from '../test/running-runner.ts';

const rounds = 8;
/** From the kernel's fact to the verdict; the same bound as without an attacker. */
const tickLimitMs = 500;
const patienceMs = 20_000;

type Runner = Awaited<ReturnType<typeof startRunner>>;

/** The machine of one learner, with a shell and the step's checks. */
class Seat {
  readonly id: string;
  readonly events: RunnerEvent[];
  readonly terminal: TestTerminal;
  readonly #runner: Runner;

  private constructor(runner: Runner, id: string, events: RunnerEvent[], terminal: TestTerminal) {
    this.#runner = runner;
    this.id = id;
    this.events = events;
    this.terminal = terminal;
  }

  static async take(runner: Runner): Promise<Seat> {
    const { id } = await runner.create();
    const events = await runner.events(id);
    const terminal = await runner.terminal(id, '1');
    await terminal.expect(/learner@lab-host/);
    return new Seat(runner, id, events, terminal);
  }

  async open(stepId: string, checks: CheckSpec[]): Promise<void> {
    const body = { stepId, setup: '', checks };
    const answer = await this.#runner.request('PUT', `/sandboxes/${this.id}/step`, body);
    expect(answer.status).toBe(200);
  }

  verdict(stepId: string, checkId: string): Verdict | undefined {
    const found = this.events.findLast(
      (event) =>
        event.type === 'verdict' && event.stepId === stepId && event.verdict.checkId === checkId,
    );
    return found?.type === 'verdict' ? found.verdict.verdict : undefined;
  }

  async becomes(stepId: string, checkId: string, status: Verdict['status']): Promise<Verdict> {
    const given = () => this.verdict(stepId, checkId);
    await until(() => given()?.status === status, {
      what: `${checkId} is ${status}; it is ${JSON.stringify(given())}`,
      everyMs: 2,
      timeoutMs: patienceMs,
    });
    return given() as Verdict;
  }
}

const listed = CheckSpec.parse({ id: 'listed', commands: [{ program: 'lsns', exitCode: 0 }] });
const renamed = CheckSpec.parse({
  id: 'renamed',
  process: { program: 'shell', differs: ['uts'], hostname: { is: 'mine' } },
});

/** Times of a neighbour's ticks, of checks that need events. */
async function tickTimes(seat: Seat): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await seat.open(`round-${round}`, [listed]);
    seat.terminal.text = '';
    seat.terminal.type('lsns >/dev/null; echo done-$((1+1))\r');
    await seat.terminal.expect(/done-2/);
    const seen = performance.now();
    await seat.becomes(`round-${round}`, 'listed', 'passed');
    times.push(performance.now() - seen);
  }
  return times;
}

const attacks = [
  {
    name: 'executes programs as fast as it can',
    start: 'for n in 1 2 3 4; do while true; do /bin/true; done & done 2>/dev/null',
    // What it did cannot be told any more, and nobody claims to know.
    blinded: true,
    room: true,
  },
  {
    name: 'makes namespaces up to its limit, over and over',
    start: 'sudo bash -c "while true; do unshare -umi --fork sleep 20 & done 2>/dev/null"',
    blinded: false,
    room: false,
  },
  {
    name: 'renames itself without end',
    start: `sudo perl -e 'while (1) { $0 = "x\\n" x 50; $n++; syscall(170, "h\\n$n", 4) }' &`,
    blinded: false,
    room: true,
  },
];

test.each(attacks)(
  'a learner who $name harms nobody else',
  { timeout: 120_000 },
  async ({ start, blinded, room }) => {
    // Fewer than a busy host can execute, so that the flood is one.
    await using runner = await startRunner({ TATAMI_WARM: 0, TATAMI_EVENTS_PER_SECOND: 100 });
    const attacker = await Seat.take(runner);
    const neighbour = await Seat.take(runner);
    await attacker.open('attack', [listed, renamed]);
    attacker.terminal.type(`${start}\r`);
    const times = (await tickTimes(neighbour)).sort((a, b) => a - b);
    console.info(`ticks beside it: ${times.map(Math.round).join(' ')} ms`);
    expect(times.at(-2)).toBeLessThan(tickLimitMs);

    if (blinded) {
      const { reason } = (await attacker.becomes('attack', 'listed', 'unavailable')) as {
        reason: { key: string };
      };
      expect(reason.key).toBe('reason.events-lost');
    }
    // It has no namespaces left to do the step with.
    if (!room) return;
    // What /proc decides is decided all the same.
    const shell = await runner.terminal(attacker.id, '2');
    await until(() => shell.text.includes('learner@'), {
      what: 'the attacker gets a second shell',
      timeoutMs: patienceMs,
    });
    shell.type('sudo unshare --uts /bin/bash -c "hostname mine; exec /bin/bash"\r');
    await attacker.becomes('attack', 'renamed', 'passed');
  },
);
