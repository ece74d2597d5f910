import { isDeepStrictEqual } from 'node:util';
import type { LabStep } from '@tatami/lab-format/loader';
import { type Answer, AppError } from '@tatami/protocol';
import type { RunnerClient } from '../runner/runner-client.ts';
import type { AttemptRecord, AttemptStore, Typed } from './attempt-store.ts';
import { drawnFor, roundOf } from './drawn.ts';
import type { Drills } from './drills.ts';

/** What learners typed for checks: kept first, then told to the runner. */
export class Answers {
  readonly #store: AttemptStore;
  readonly #drills: Drills;
  readonly #runner: RunnerClient;

  constructor(parts: { store: AttemptStore; drills: Drills; runner: RunnerClient }) {
    this.#store = parts.store;
    this.#drills = parts.drills;
    this.#runner = parts.runner;
  }

  /** Of the step's checks that take one; of an earlier drill none counts. */
  async of(record: AttemptRecord, step: LabStep): Promise<Typed[]> {
    const { checks } = drawnFor(record, step);
    const open = new Set(checks.flatMap(({ id, answer }) => (answer ? id : [])));
    const round = roundOf(record, step);
    return (await this.#store.answers(record)).filter(
      (typed) => open.has(typed.checkId) && typed.round === round,
    );
  }

  /** The same again is no further try; what a check passed with stays. */
  async give(
    record: AttemptRecord,
    step: LabStep,
    sandboxId: string,
    { checkId, answer }: { checkId: string; answer: Answer },
  ): Promise<void> {
    if (await this.#hasPassed(record, step, checkId)) return;
    const before = (await this.of(record, step)).find((one) => one.checkId === checkId);
    if (!isDeepStrictEqual(before?.answer, answer))
      await this.#store.answer(record, checkId, answer, roundOf(record, step));
    await this.#runner.answer(sandboxId, checkId, answer);
  }

  /** Tells the runner again: one of us may have ended between keeping an answer and telling it. */
  async repeat(record: AttemptRecord, step: LabStep, sandboxId: string): Promise<void> {
    for (const { checkId, answer } of await this.of(record, step))
      if (!(await this.#hasPassed(record, step, checkId)))
        await this.#runner.answer(sandboxId, checkId, answer);
  }

  async #hasPassed(record: AttemptRecord, step: LabStep, checkId: string): Promise<boolean> {
    return (await this.#drills.passed(record, step)).some((one) => one.checkId === checkId);
  }
}

/** @throws `check.no-answer` when nothing is typed for this check, or the step has none of this name. */
export function demandAnswerable(record: AttemptRecord, step: LabStep, checkId: string): void {
  if (!drawnFor(record, step).checks.some(({ id, answer }) => id === checkId && answer))
    throw new AppError('check.no-answer');
}
