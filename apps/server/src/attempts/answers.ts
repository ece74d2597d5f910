import { isDeepStrictEqual } from 'node:util';
import { type Answer, AppError, type CheckSpec } from '@tatami/protocol';
import type { RunnerClient } from '../runner/runner-client.ts';
import type { AttemptKey, AttemptStore, Typed } from './attempt-store.ts';

/** What learners typed for checks: kept first, then told to the runner. */
export class Answers {
  readonly #store: AttemptStore;
  readonly #runner: RunnerClient;

  constructor(store: AttemptStore, runner: RunnerClient) {
    this.#store = store;
    this.#runner = runner;
  }

  /** Of those of these checks that take an answer. */
  async of(key: AttemptKey, checks: CheckSpec[]): Promise<Typed[]> {
    const open = new Set(checks.flatMap(({ id, answer }) => (answer ? id : [])));
    return (await this.#store.answers(key)).filter(({ checkId }) => open.has(checkId));
  }

  /** The same again is no further try; what a check passed with stays. */
  async give(
    key: AttemptKey,
    sandboxId: string,
    { checkId, answer }: { checkId: string; answer: Answer },
  ): Promise<void> {
    if (await this.#hasPassed(key, checkId)) return;
    const before = (await this.#store.answers(key)).find((one) => one.checkId === checkId);
    if (!isDeepStrictEqual(before?.answer, answer)) await this.#store.answer(key, checkId, answer);
    await this.#runner.answer(sandboxId, checkId, answer);
  }

  /** Tells the runner again: one of us may have ended between keeping an answer and telling it. */
  async repeat(key: AttemptKey, sandboxId: string, checks: CheckSpec[]): Promise<void> {
    for (const { checkId, answer } of await this.of(key, checks))
      if (!(await this.#hasPassed(key, checkId)))
        await this.#runner.answer(sandboxId, checkId, answer);
  }

  async #hasPassed(key: AttemptKey, checkId: string): Promise<boolean> {
    return (await this.#store.passed(key)).some((one) => one.checkId === checkId);
  }
}

/** @throws `check.no-answer` when nothing is typed for this one of `checks`, or it is none of them. */
export function demandAnswerable(checks: CheckSpec[], checkId: string): void {
  if (!checks.some(({ id, answer }) => id === checkId && answer))
    throw new AppError('check.no-answer');
}
