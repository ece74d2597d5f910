import { setTimeout as delay } from 'node:timers/promises';
import {
  type EventPrograms,
  type EventSource,
  type NativePrograms,
  openEventSource,
  type Sandbox,
  type SandboxHost,
  until,
} from '@tatami/sandbox';
import { say } from '../targets.ts';
import { executeLoad, type Load, recordsPerCommand } from './load-program.ts';
import { Sequence } from './sequence.ts';

/** The rate is raised in steps of this factor, each for so long, at most so often. */
const rise = { factor: 1.5, forMs: 8_000, steps: 8 };
/** Below this share of the asked rate the machine cannot execute more. */
const kept = 0.9;
const lateMs = 10_000;

/** Where records were first lost, or why the rate was raised no further. */
export interface FirstLoss {
  /** Commands a second over all sandboxes, as executed; null: none was lost. */
  commandsPerSecond: number | null;
  /** The highest rate that was executed, and the records that it makes. */
  highestCommandsPerSecond: number;
  highestRecordsPerSecond: number;
  reason: string;
}

/** One load, as executed and as told. */
export interface Followed {
  executed: number;
  /** Commands that lack a record, or came twice. */
  lost: number;
  commandsPerSecond: number;
}

/**
 * Follows every sequence number of a load by an event source of its own, which stands beside that of the
 * runner, then raises the rate until something is lost or the machine can execute no more.
 */
export async function followLoad(
  host: SandboxHost,
  native: NativePrograms & EventPrograms,
  sandboxes: Sandbox[],
  load: Load,
): Promise<Followed & { firstLoss: FirstLoss }> {
  const source = await openEventSource({
    cgroups: host.cgroups,
    nativeBin: native.bin,
    programs: native,
    kinds: ['bpf'],
  });
  try {
    if (source.kind !== 'bpf') throw new Error(source.detail);
    say('Following every sequence number at the same load ...');
    const base = await followOnce(source, sandboxes, load);
    say(`${base.executed} commands, ${base.lost} lost`);
    return { ...base, firstLoss: await raise(source, sandboxes, load, base) };
  } finally {
    await source.close();
  }
}

async function raise(
  source: EventSource,
  sandboxes: Sandbox[],
  load: Load,
  base: Followed,
): Promise<FirstLoss> {
  let highest = base;
  const told = (at: Followed | null, reason: string): FirstLoss => ({
    commandsPerSecond: at && Math.round(at.commandsPerSecond),
    highestCommandsPerSecond: Math.round(highest.commandsPerSecond),
    highestRecordsPerSecond: Math.round(highest.commandsPerSecond * recordsPerCommand),
    reason,
  });
  if (base.lost > 0) return told(base, 'records were lost at the load itself');
  let { intervalMs } = load;
  for (let step = 0; step < rise.steps; step++) {
    intervalMs /= rise.factor;
    const asked = (sandboxes.length * 1000) / intervalMs;
    const commands = Math.round(rise.forMs / intervalMs);
    const found = await followOnce(source, sandboxes, { commands, intervalMs });
    const executed = Math.round(found.commandsPerSecond);
    say(`${Math.round(asked)} commands a second asked, ${executed} executed, ${found.lost} lost`);
    if (found.commandsPerSecond > highest.commandsPerSecond) highest = found;
    if (found.lost > 0) return told(found, 'records were lost');
    if (found.commandsPerSecond < asked * kept)
      return told(null, 'the machine cannot execute more, and nothing was lost');
  }
  return told(null, 'the rate was raised no further, and nothing was lost');
}

/** Executes one load and compares what was told of it, sandbox by sandbox. */
export async function followOnce(
  source: EventSource,
  sandboxes: Sandbox[],
  load: Load,
): Promise<Followed> {
  const followed = sandboxes.map((sandbox) => new FollowedSandbox(source, sandbox));
  try {
    await until(() => followed.every(({ up }) => up), { what: 'all sandboxes are watched' });
    let began = 0;
    const executed = await executeLoad(sandboxes, load, () => {
      began = performance.now();
    });
    const seconds = (performance.now() - began) / 1000;
    // What has not come by then does not come.
    const end = performance.now() + lateMs;
    const faults = () => followed.map((one, index) => one.faults(executed[index] ?? 0)).reduce(sum);
    while (faults() > 0 && performance.now() < end) await delay(100);
    const total = executed.reduce(sum);
    return { executed: total, lost: faults(), commandsPerSecond: total / seconds };
  } finally {
    for (const { unwatch } of followed) unwatch();
  }
}

const sum = (a: number, b: number) => a + b;

class FollowedSandbox {
  up = false;
  readonly unwatch: () => void;
  readonly #sequence = new Sequence();
  #lost = 0;

  constructor(source: EventSource, { cgroups }: Sandbox) {
    this.unwatch = source.watch(cgroups, {
      onEvents: (events) => this.#sequence.add(events),
      onLost: (count) => {
        this.#lost += count;
      },
      onUp: () => {
        this.up = true;
      },
      // Nobody knows how many; one at the least.
      onDown: () => {
        this.#lost++;
      },
    });
  }

  /** What the source counts as lost is mostly missing too, and must not count twice. */
  faults(executed: number): number {
    return Math.max(this.#sequence.faults(executed), this.#lost);
  }
}
