import type { LabStep } from '@tatami/lab-format/loader';
import { AppError, type Solution } from '@tatami/protocol';
import type { AttemptRecord, AttemptStore, Passed } from './attempt-store.ts';

/** Shows learners who ask how a check can be met, once it is on the disk that they were helped. */
export class Solutions {
  readonly #store: AttemptStore;

  constructor(store: AttemptStore) {
    this.#store = store;
  }

  /** Of a check of the open step. Whoever has passed it was not helped. @throws `check.no-solution`. */
  async ask(
    record: AttemptRecord,
    step: LabStep,
    passed: Passed[],
    checkId: string,
  ): Promise<Solution> {
    const solution = step.solution(checkId, step.draw(record.seed));
    if (!solution) throw new AppError('check.no-solution');
    if (!passed.some((one) => one.checkId === checkId)) await this.#store.assist(record, checkId);
    return solution;
  }
}
