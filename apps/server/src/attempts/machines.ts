import { AppError, type CloseReason, type SandboxInfo } from '@tatami/protocol';
import type { Labs } from '../labs/labs.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import { isDiskFull } from '../store/database.ts';
import type { Answers } from './answers.ts';
import type { AttemptRecord, AttemptStore } from './attempt-store.ts';
import { drawnFor } from './drawn.ts';
import type { Drills } from './drills.ts';
import type { LiveMachines } from './live-machines.ts';

/** What {@link Machines} works with. */
interface MachineParts {
  store: AttemptStore;
  runner: RunnerClient;
  labs: Labs;
  answers: Answers;
  drills: Drills;
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
      const { opened, sandbox } = await this.#open({ ...record, sandboxId: id }, id, false);
      const next = { ...opened, generation: record.generation + 1, last: null };
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
    const { drills, runner } = this.#parts;
    if (!record.sandboxId) return record;
    await drills.finish(record);
    await runner.remove(record.sandboxId);
    return this.ended(record, record.sandboxId, 'requested');
  }

  /** Opens this step, and makes its start state where a machine runs. */
  async openStep(record: AttemptRecord, stepId: string): Promise<AttemptRecord> {
    const { labs, store, drills } = this.#parts;
    labs.readyStep(record.labId, stepId);
    let next = { ...record, stepId };
    if (record.sandboxId) {
      await drills.leave(record, true);
      next = (await this.#open(next, record.sandboxId, false)).opened;
    }
    await store.save(next);
    return next;
  }

  /** Makes the current step's start state anew, once all processes have ended. @throws `machine.missing`. */
  async resetStep(record: AttemptRecord): Promise<AttemptRecord> {
    const { store, drills } = this.#parts;
    if (!record.sandboxId) throw new AppError('machine.missing');
    await drills.leave(record, false);
    const { opened } = await this.#open(record, record.sandboxId, true);
    await store.save(opened);
    return opened;
  }

  async #open(
    record: AttemptRecord,
    sandboxId: string,
    restart: boolean,
  ): Promise<{ opened: AttemptRecord; sandbox: SandboxInfo }> {
    const { labs, answers, drills, live, runner } = this.#parts;
    const step = labs.readyStep(record.labId, record.stepId);
    const next = { ...record, drill: await drills.enter(record, step, sandboxId, restart) };
    const { setup, checks } = drawnFor(next, step);
    const passed = (await drills.passed(next, step)).map(({ checkId }) => checkId);
    const typed = (await answers.of(next, step)).map(
      ({ checkId, answer }) => [checkId, answer] as const,
    );
    live.forgetVerdicts(next);
    const sandbox = await runner.openStep(sandboxId, {
      ...{ stepId: step.id, setup, checks, passed, restart, drill: step.drill },
      answers: Object.fromEntries(typed),
    });
    const { stepOpenedAt } = sandbox;
    const drill = step.drill && next.drill ? drills.begun(next.drill, stepOpenedAt) : next.drill;
    return { opened: { ...next, drill }, sandbox };
  }

  /** Forgets the machine and remembers how it ended. */
  async ended(
    record: AttemptRecord,
    sandboxId: string,
    reason: CloseReason,
  ): Promise<AttemptRecord> {
    const { store, drills, live } = this.#parts;
    const screens = await this.#screens(record, sandboxId);
    const last = { sandboxId, closedAt: new Date().toISOString(), reason, screens };
    const next = { ...record, sandboxId: null, last };
    await store.save(next);
    // Without the machine nothing more can be learned of the way to the cause.
    await drills.finish(next);
    live.leave(record);
    return next;
  }

  /** Terminals of which something is kept; those that were open, when the runner has gone with the machine. */
  async #screens(record: AttemptRecord, sandboxId: string): Promise<string[]> {
    const { runner, live } = this.#parts;
    try {
      return await runner.recordings(sandboxId);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'runner.unreachable')) throw error;
      return live.find(record)?.sandbox?.terminals.map(({ id }) => id) ?? [];
    }
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
