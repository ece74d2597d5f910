import { AppError, type CloseReason, type RunnerHealth } from '@tatami/protocol';
import { Machine, type MachineContext } from './machine.ts';
import type { Pool } from './pool.ts';
import { settleAll } from './settle-all.ts';

/** How often deadlines are looked at. */
const tickMs = 1_000;
/** How often, whether machines live: their end is an event, too. */
const livingEveryMs = 5_000;

/** All machines that run. */
export class Machines {
  readonly #pool: Pool;
  readonly #context: MachineContext;
  readonly #seats: number;
  readonly #machines = new Map<string, Machine>();
  readonly #timers: NodeJS.Timeout[];
  #creating = 0;
  #isClosing = false;
  /** Of machines that are closed. */
  #outputBytes = 0;

  constructor(pool: Pool, context: MachineContext, seats: number) {
    this.#pool = pool;
    this.#context = context;
    this.#seats = seats;
    this.#timers = [
      setInterval(() => this.#closeIf((machine) => machine.tick(Date.now())), tickMs),
      setInterval(
        () => this.#closeIf(({ isAlive }) => (isAlive ? null : 'crashed')),
        livingEveryMs,
      ),
    ];
  }

  get seats(): RunnerHealth['seats'] {
    return {
      total: this.#seats,
      used: this.#machines.size + this.#creating,
      warm: this.#pool.warm,
    };
  }

  get all(): Machine[] {
    return [...this.#machines.values()];
  }

  /** How many are being made for somebody. */
  get creating(): number {
    return this.#creating;
  }

  /** What terminals have ever printed. */
  get outputBytes(): number {
    return this.all.reduce((sum, machine) => sum + outputOf(machine), this.#outputBytes);
  }

  find(id: string): Machine | undefined {
    return this.#machines.get(id);
  }

  /** @throws `sandbox.unknown`. */
  get(id: string): Machine {
    const machine = this.find(id);
    if (!machine) throw new AppError('sandbox.unknown');
    return machine;
  }

  /** @throws `runner.no-seat`, `sandbox.not-ready` once all are being closed, and what createSandbox throws. */
  async create(): Promise<Machine> {
    if (this.#isClosing) throw new AppError('sandbox.not-ready');
    if (this.#machines.size + this.#creating >= this.#seats) throw new AppError('runner.no-seat');
    this.#creating++;
    const beganMs = performance.now();
    const { metrics } = this.#context;
    try {
      const machine = new Machine(await this.#pool.take(), this.#context);
      metrics.tatami_sandbox_wait_seconds.observe((performance.now() - beganMs) / 1000);
      this.#machines.set(machine.id, machine);
      machine.subscribe((event) => {
        if (event.type !== 'closed') return;
        this.#machines.delete(machine.id);
        this.#outputBytes += outputOf(machine);
        metrics.tatami_sandboxes_closed_total.inc({ reason: event.reason });
      });
      return machine;
    } finally {
      this.#creating--;
    }
  }

  /** Idempotent: an unknown machine is closed already. */
  async close(id: string, reason: CloseReason): Promise<void> {
    await this.#machines.get(id)?.close(reason);
  }

  /** Closes all; resolves when nothing is left. @throws what went wrong, after all were tried. */
  async shutDown(): Promise<void> {
    this.#isClosing = true;
    for (const timer of this.#timers) clearInterval(timer);
    const closing = [...this.all.map((machine) => machine.close('shutdown')), this.#pool.close()];
    await settleAll(closing, 'machines could not be closed');
  }

  #closeIf(reasonOf: (machine: Machine) => CloseReason | null): void {
    for (const machine of this.all) {
      const reason = reasonOf(machine);
      if (reason)
        machine
          .close(reason)
          .catch((error) => this.#context.warn('a machine could not be closed', error));
    }
  }
}

const outputOf = ({ terminals }: Machine): number =>
  terminals.reduce((sum, { offset }) => sum + offset, 0);
