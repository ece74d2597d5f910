import type { KernelEvent } from '@tatami/protocol';
import {
  createSandbox,
  type EventListener,
  type EventSource,
  type EventSourceOptions,
  openEventSource,
  type Sandbox,
  type SandboxHost,
  until,
} from '../src/index.ts';

/** An emulated processor takes longer (images/vm/tests/run-tests). */
export const slowness = Number(process.env.TATAMI_TEST_SLOWNESS ?? 1);

/** A source of the given kind, closed by scope. @throws with the source's words when it is another. */
export async function openTestSource(
  host: SandboxHost,
  kind: 'bpf' | 'connector',
  options: Partial<EventSourceOptions> = {},
): Promise<EventSource & AsyncDisposable> {
  const source = await openEventSource({
    cgroups: host.cgroups,
    nativeBin: host.native.bin,
    programs: { cacheDir: '/var/lib/tatami/events' },
    kinds: [kind],
    ...options,
  });
  if (source.kind !== kind) throw new Error(source.detail);
  return Object.assign(source, { [Symbol.asyncDispose]: () => source.close() });
}

/** A sandbox that does nothing by itself any more: its simulated internet is up. */
export async function createQuietSandbox(host: SandboxHost): Promise<Sandbox & AsyncDisposable> {
  const sandbox = await createSandbox(host);
  await until(async () => (await sandbox.exec('getent hosts database.internal')).status === 0, {
    what: "the machine's internet answers",
    timeoutMs: 10_000 * slowness,
  });
  return Object.assign(sandbox, { [Symbol.asyncDispose]: () => sandbox.close() });
}

type EventOf<T extends KernelEvent['type']> = Extract<KernelEvent, { type: T }>;

/** Everything one sandbox's listener heard. */
export class EventLog implements EventListener {
  readonly events: KernelEvent[] = [];
  lost = 0;
  ups = 0;
  downs = 0;
  readonly unwatch: () => void;

  private constructor(source: EventSource, sandbox: Sandbox) {
    this.unwatch = source.watch(sandbox.cgroups, this);
  }

  /** Resolves once everything is seen. */
  static async of(source: EventSource, sandbox: Sandbox): Promise<EventLog> {
    const log = new EventLog(source, sandbox);
    await log.until('the sandbox is watched', () => log.ups > 0);
    return log;
  }

  onEvents(events: KernelEvent[]): void {
    this.events.push(...events);
  }
  onLost(count: number): void {
    this.lost += count;
  }
  onUp(): void {
    this.ups++;
  }
  onDown(): void {
    this.downs++;
  }

  all<T extends KernelEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** Executions whose first argument, or its last part, is `name`. */
  execs(name: string): EventOf<'exec'>[] {
    return this.all('exec').filter(({ argv }) => argv[0]?.split('/').at(-1) === name);
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    await until(holds, { what, everyMs: 5, timeoutMs: 10_000 * slowness });
  }

  /** Runs a script as root; resolves when its shell's end was told, and with it all before. */
  async run(sandbox: Sandbox, script: string): Promise<KernelEvent[]> {
    const from = this.events.length;
    const result = await sandbox.exec(script, { timeoutMs: 30_000 * slowness });
    if (result.status !== 0) throw new Error(`${script}: ${result.status} ${result.stderr}`);
    const shell = () =>
      this.events.slice(from).find((e) => e.type === 'exec' && e.argv.join(' ') === '/bin/bash -s');
    await this.until('the end of the script is told', () => {
      const pid = shell()?.pid;
      return this.events.slice(from).some((e) => e.type === 'exit' && e.pid === pid);
    });
    return this.events.slice(from);
  }
}
