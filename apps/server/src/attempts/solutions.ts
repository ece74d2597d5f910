import type { LabStep } from '@tatami/lab-format/loader';
import { AppError, type Solution } from '@tatami/protocol';
import type { AttemptRecord, AttemptStore, Passed } from './attempt-store.ts';
import { drawnFor } from './drawn.ts';

/** Shows learners who ask how a check can be met, once it is on the disk that they were helped. */
export class Solutions {
  readonly #store: AttemptStore;

  constructor(store: AttemptStore) {
    this.#store = store;
  }

  /**
   * Of a check of the open step. Whoever has passed it was not helped.
   * @throws `check.no-solution`; `machine.missing` when the step is a drill that nobody is in.
   */
  async ask(
    record: AttemptRecord,
    step: LabStep,
    passed: Passed[],
    checkId: string,
  ): Promise<Solution> {
    if (step.drill && !record.sandboxId) throw new AppError('machine.missing');
    const solution = step.solution(checkId, drawnFor(record, step));
    if (!solution) throw new AppError('check.no-solution');
    if (!passed.some((one) => one.checkId === checkId)) await this.#store.assist(record, checkId);
    return solution;
  }
}
