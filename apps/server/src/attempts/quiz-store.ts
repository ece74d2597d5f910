import { type Evidence, type QuizAnswers, QuizState } from '@tatami/protocol';
import type { Store } from '../store/database.ts';
import type { AttemptKey } from './attempt-store.ts';

type Wrong = QuizState['wrong'];
const Wrong = QuizState.shape.wrong;

/** A round of a quiz as it was answered. */
export interface QuizRound {
  checkId: string;
  answers: QuizAnswers['answers'];
  wrong: Wrong;
}

/** Rounds of quizzes. A promise that resolved is on the disk. */
export class QuizStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** How many rounds were answered, and what was wrong in the last. */
  async tries(key: AttemptKey, checkId: string): Promise<{ tries: number; wrong: Wrong }> {
    const last = await this.#store
      .selectFrom('quiz_rounds')
      .select(['round', 'wrong'])
      .where('learner_id', '=', key.learnerId)
      .where('lab_id', '=', key.labId)
      .where('check_id', '=', checkId)
      .orderBy('round', 'desc')
      .executeTakeFirst();
    if (!last) return { tries: 0, wrong: [] };
    return { tries: last.round + 1, wrong: Wrong.parse(JSON.parse(last.wrong)) };
  }

  /** Adds a round, and with `evidence` passes the check with it. */
  async add(
    key: AttemptKey,
    round: number,
    { checkId, answers, wrong }: QuizRound,
    evidence: Evidence | null,
  ): Promise<void> {
    const row = { learner_id: key.learnerId, lab_id: key.labId, check_id: checkId };
    await this.#store.transaction().execute(async (store) => {
      await store
        .insertInto('quiz_rounds')
        .values({
          ...{ ...row, round },
          answers: JSON.stringify(answers),
          wrong: JSON.stringify(wrong),
          answered_at: new Date().toISOString(),
        })
        .execute();
      if (!evidence) return;
      await store
        .insertInto('passed')
        .values({ ...row, evidence: JSON.stringify(evidence) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
  }
}
