import { AppError, type CloseReason, type SandboxInfo } from '@tatami/protocol';
import type { Labs } from '../labs/labs.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import { isDiskFull } from '../store/database.ts';
import type { Answers } from './answers.ts';
import type { AttemptRecord, AttemptStore } from './attempt-store.ts';
import type { LiveMachines } from './live-machines.ts';

/** What {@link Machines} works with. */
interface MachineParts {
  store: AttemptStore;
  runner: RunnerClient;
  labs: Labs;
  answers: Answers;
  live: LiveMachines;
  warn: (message: string, error: unknown) => void;
}

/** Has the runner make, set up and remove machines, and saves what has become of them. */
export class Machines {
  readonly #parts: MachineParts;

  constructor(parts: MachineParts) {
    this.#parts = parts;
  }

  /** A new machine at the current step. */
  async start(record: AttemptRecord): Promise<AttemptRecord> {
    const { runner, store, live, warn } = this.#parts;
    const { id } = await runner.create();
    try {
      const sandbox = await this.openStep(record, id, false);
      const next = { ...record, sandboxId: id, generation: record.generation + 1, last: null };
      await store.save(next);
      live.follow(next, id, sandbox);
      return next;
    } catch (error) {
      await runner.remove(id).catch((cause) => warn('a machine was left over', cause));
      throw isDiskFull(error) ? new AppError('server.disk-full', { cause: error }) : error;
    }
  }

  /** Removes the machine if one runs. */
  async stop(record: AttemptRecord): Promise<AttemptRecord> {
    if (!record.sandboxId) return record;
    await this.#parts.runner.remove(record.sandboxId);
    return this.ended(record, record.sandboxId, 'requested');
  }

  /** Makes the current step's start state; `restart` ends all processes first. */
  async openStep(record: AttemptRecord, sandboxId: string, restart: boolean): Promise<SandboxInfo> {
    const { labs, store, answers, live, runner } = this.#parts;
    const step = labs.readyStep(record.labId, record.stepId);
    const passed = (await store.passed(record)).map(({ checkId }) => checkId);
    const { setup, checks } = step.draw(record.seed);
    const typed = (await answers.of(record, checks)).map(
      ({ checkId, answer }) => [checkId, answer] as const,
    );
    live.forgetVerdicts(record);
    return runner.openStep(sandboxId, {
      ...{ stepId: step.id, setup, checks, passed, restart, drill: step.drill },
      answers: Object.fromEntries(typed),
    });
  }

  /** Forgets the machine and remembers how it ended. */
  async ended(
    record: AttemptRecord,
    sandboxId: string,
    reason: CloseReason,
  ): Promise<AttemptRecord> {
    const { runner, store, live } = this.#parts;
    const screens = await runner.recordings(sandboxId);
    const last = { sandboxId, closedAt: new Date().toISOString(), reason, screens };
    const next = { ...record, sandboxId: null, last };
    await store.save(next);
    live.leave(record);
    return next;
  }

  /** Removes machines that an earlier server began and could not save any more. */
  async removeStrangers(known: Set<string | null>): Promise<void> {
    const { runner } = this.#parts;
    try {
      for (const { id } of await runner.list()) if (!known.has(id)) await runner.remove(id);
    } catch (error) {
      // Without a runner there is nothing to remove: the next one begins with none.
      if (!(error instanceof AppError && error.code === 'runner.unreachable')) throw error;
    }
  }
}
