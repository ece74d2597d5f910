import { drawQuestions, grade, isWhole, type LabStep } from '@tatami/lab-format/loader';
import {
  AppError,
  type CheckVerdict,
  type Evidence,
  type QuizAnswers,
  type QuizState,
  type Reason,
} from '@tatami/protocol';
import type { AttemptRecord, Passed } from './attempt-store.ts';
import type { QuizStore } from './quiz-store.ts';

/** Questions that a learner answers where no kernel can tell whether something was understood. */
export class Quizzes {
  readonly #store: QuizStore;

  constructor(store: QuizStore) {
    this.#store = store;
  }

  /** The quiz of the open step as it stands. */
  async of(record: AttemptRecord, step: LabStep, passed: Passed[]): Promise<QuizState | null> {
    if (!step.quiz) return null;
    const { spec, pool } = step.quiz;
    const has = (checkId: string) => passed.some((one) => one.checkId === checkId);
    const waitsFor = spec.after.filter((checkId) => !has(checkId));
    const { tries, wrong } = await this.#store.tries(record, spec.id);
    const asked =
      waitsFor.length > 0 || has(spec.id) ? [] : drawQuestions(pool, spec.draw, record.seed, tries);
    return { checkId: spec.id, waitsFor, questions: asked.map(({ id }) => id), tries, wrong };
  }

  /**
   * Keeps and grades one round. @returns the evidence when all was right, or null; what passed before stays.
   * @throws `check.no-quiz`, `quiz.waits` and `quiz.not-asked`.
   */
  async answer(
    record: AttemptRecord,
    step: LabStep,
    passed: Passed[],
    given: { checkId: string } & QuizAnswers,
  ): Promise<Evidence | null> {
    const { checkId, answers } = given;
    if (step.quiz?.spec.id !== checkId) throw new AppError('check.no-quiz');
    if (passed.some((one) => one.checkId === checkId)) return null;
    const state = await this.of(record, step, passed);
    if (!state || state.waitsFor.length > 0) throw new AppError('quiz.waits');
    const { spec, pool } = step.quiz;
    const asked = drawQuestions(pool, spec.draw, record.seed, state.tries);
    if (!isWhole(asked, answers)) throw new AppError('quiz.not-asked');
    const wrong = grade(asked, answers);
    const evidence = wrong.length === 0 ? evidenceOf(state.questions) : null;
    await this.#store.add(record, state.tries, { checkId, answers, wrong }, evidence);
    return evidence;
  }
}

const evidenceOf = (questions: string[]): Evidence => ({
  at: new Date().toISOString(),
  facts: [{ name: 'question', value: questions.join(', ') }],
  offsets: [],
});

/** What is told of a quiz that has not passed. */
export const quizVerdict = (state: QuizState): CheckVerdict => ({
  checkId: state.checkId,
  verdict: { status: 'not-yet', reason: reasonOf(state) },
});

function reasonOf({ waitsFor, questions, wrong }: QuizState): Reason {
  if (waitsFor.length > 0) return { key: 'reason.quiz-waits', params: { checks: waitsFor.length } };
  if (wrong.length > 0) return { key: 'reason.quiz-wrong', params: { wrong: wrong.length } };
  return { key: 'reason.quiz-open', params: { questions: questions.length } };
}
