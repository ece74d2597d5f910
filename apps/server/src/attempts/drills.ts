import type { LabStep } from '@tatami/lab-format/loader';
import { AppError, type Debrief, type LearnerPath } from '@tatami/protocol';
import type { Labs } from '../labs/labs.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import type { AttemptKey, AttemptRecord, AttemptStore, Drill, Passed } from './attempt-store.ts';
import { causeCheck, debriefOf, joined } from './debrief.ts';
import { drawnFor } from './drawn.ts';
import type { DrillStore } from './drill-store.ts';

/**
 * Incidents with a clock. One begins when its step is opened, another, drawn anew, when it is reset or opened on
 * another machine or after its end; until then it goes on, whatever step was opened in between.
 */
export class Drills {
  readonly #attempts: AttemptStore;
  readonly #store: DrillStore;
  readonly #labs: Labs;
  readonly #runner: RunnerClient;

  constructor(parts: {
    store: AttemptStore;
    drillStore: DrillStore;
    labs: Labs;
    runner: RunnerClient;
  }) {
    this.#attempts = parts.store;
    this.#store = parts.drillStore;
    this.#labs = parts.labs;
    this.#runner = parts.runner;
  }

  /** The drill that the open step shows: one that goes on, or one that has ended and was not left. */
  async open(record: AttemptRecord, step: LabStep): Promise<Drill | null> {
    const { drill, sandboxId } = record;
    if (!step.drill || drill?.stepId !== step.id) return null;
    const isShown =
      sandboxId === null ? await this.#isOver(record, drill) : drill.sandboxId === sandboxId;
    return isShown ? drill : null;
  }

  /** What has passed, as far as the open step goes: of a drill's checks only what passed in this one. */
  async passed(record: AttemptRecord, step: LabStep | undefined): Promise<Passed[]> {
    const all = await this.#attempts.passed(record);
    const drill = step && (await this.open(record, step));
    if (!drill) return all;
    const ofDrill = new Set(drawnFor(record, step).checks.map(({ id }) => id));
    const ticks = await this.#store.ticks(record, drill.round);
    return [...all.filter(({ checkId }) => !ofDrill.has(checkId)), ...ticks];
  }

  /** The drill that opening this step begins or goes on with. What is drawn with it is on the disk first. */
  async enter(
    record: AttemptRecord,
    step: LabStep,
    sandboxId: string,
    restart: boolean,
  ): Promise<Drill | null> {
    const { drill } = record;
    if (!step.drill) return drill;
    const isSame = drill?.stepId === step.id && drill.sandboxId === sandboxId && !restart;
    if (isSame && !(await this.#isOver(record, drill))) return drill;
    const next: Drill = {
      ...{ stepId: step.id, round: drill ? drill.round + 1 : 0, sandboxId, openedAt: null },
    };
    await this.#attempts.saveDrill(record, next);
    return next;
  }

  /** Its start state was made at this time, as the runner says: its clock begins then, unless it has. */
  begun = (drill: Drill, stepOpenedAt: string | null): Drill => ({
    ...drill,
    openedAt: drill.openedAt ?? stepOpenedAt,
  });

  /** Whether the check is one of the drill that was opened last. */
  async asks(key: AttemptKey, checkId: string): Promise<boolean> {
    const record = await this.#attempts.find(key);
    const step = record?.drill && this.#labs.find(key.labId)?.step(record.drill.stepId);
    return step ? drawnFor(record, step).checks.some(({ id }) => id === checkId) : false;
  }

  /** Notes what passed in the drill that goes on; what passed in an earlier one, or in none, is nothing to it. */
  async tick(record: AttemptRecord, passed: Passed): Promise<void> {
    const { drill } = record;
    if (!drill?.openedAt || Date.parse(passed.evidence.at) < Date.parse(drill.openedAt)) return;
    await this.#store.tick(record, drill.round, passed);
  }

  /** Another step, or the same anew, is about to be opened where the drill is: the runner forgets its path. */
  async leave(record: AttemptRecord, goesOn: boolean): Promise<void> {
    const { drill } = record;
    if (!drill || !isThere(record, drill) || (await this.finish(record)) || !goesOn) return;
    const { path } = await this.#store.memory(record, drill.round);
    const more = await this.#pathOf(drill.sandboxId);
    await this.#store.remember(record, drill.round, { path: joined(path, more), debrief: null });
  }

  /**
   * Looks back on the drill once its cause was named; null before. What the runner knows is fetched while the
   * machine is there. @throws `runner.unreachable`.
   */
  async finish(record: AttemptRecord): Promise<Debrief | null> {
    const { drill } = record;
    const step = drill && this.#labs.find(record.labId)?.step(drill.stepId);
    if (!drill?.openedAt || !step) return null;
    const memory = await this.#store.memory(record, drill.round);
    if (memory.debrief) return memory.debrief;
    const drawn = drawnFor(record, step);
    const check = causeCheck(drawn);
    const ticks = await this.#store.ticks(record, drill.round);
    const named = ticks.find(({ checkId }) => checkId === check?.id)?.evidence;
    if (!check || !named) return null;
    const path = isThere(record, drill)
      ? joined(memory.path, await this.#pathOf(drill.sandboxId))
      : memory.path;
    const { openedAt } = drill;
    const debrief = debriefOf({ step, drawn, openedAt, check, named, path });
    await this.#store.remember(record, drill.round, { path, debrief });
    return debrief;
  }

  /** @throws `drill.not-finished`, also when no drill is open; `runner.unreachable`. */
  async debrief(record: AttemptRecord, step: LabStep): Promise<Debrief> {
    const debrief = (await this.open(record, step)) && (await this.finish(record));
    if (!debrief) throw new AppError('drill.not-finished');
    return debrief;
  }

  async #isOver(record: AttemptRecord, { round }: Drill): Promise<boolean> {
    return (await this.#store.memory(record, round)).debrief !== null;
  }

  /** Empty when the machine has ended meanwhile. */
  async #pathOf(sandboxId: string): Promise<LearnerPath> {
    try {
      return await this.#runner.commands(sandboxId);
    } catch (error) {
      if (error instanceof AppError && error.code === 'sandbox.unknown')
        return { lines: [], omitted: 0 };
      throw error;
    }
  }
}

/** The machine that runs has the drill's step open. */
const isThere = ({ sandboxId, stepId }: AttemptRecord, drill: Drill): boolean =>
  drill.sandboxId === sandboxId && drill.stepId === stepId;
