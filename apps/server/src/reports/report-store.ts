import { randomBytes } from 'node:crypto';
import { AppError, IncidentDraft, Moment, maxMoments } from '@tatami/protocol';
import type { AttemptKey } from '../attempts/attempt-store.ts';
import type { Store } from '../store/database.ts';

/** Drafts of reports and marked moments. A promise that resolved is on the disk. */
export class ReportStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async draft({ learnerId, labId }: AttemptKey): Promise<IncidentDraft | undefined> {
    const row = await this.#store
      .selectFrom('report_drafts')
      .select('draft')
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .executeTakeFirst();
    return row && IncidentDraft.parse(JSON.parse(row.draft));
  }

  async keep({ learnerId, labId }: AttemptKey, draft: IncidentDraft): Promise<void> {
    const values = { draft: JSON.stringify(draft), updated_at: new Date().toISOString() };
    await this.#store
      .insertInto('report_drafts')
      .values({ learner_id: learnerId, lab_id: labId, ...values })
      .onConflict((conflict) => conflict.columns(['learner_id', 'lab_id']).doUpdateSet(values))
      .execute();
  }

  async discard({ learnerId, labId }: AttemptKey): Promise<void> {
    await this.#store
      .deleteFrom('report_drafts')
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .execute();
  }

  /** @throws `report.moments` when there are too many. */
  async mark(key: AttemptKey, seen: Omit<Moment, 'id'>): Promise<Moment> {
    const moment: Moment = { id: randomBytes(8).toString('hex'), ...seen };
    await this.#store.transaction().execute(async (store) => {
      const { count } = await store
        .selectFrom('report_moments')
        .select((row) => row.fn.countAll<number>().as('count'))
        .where('learner_id', '=', key.learnerId)
        .where('lab_id', '=', key.labId)
        .executeTakeFirstOrThrow();
      if (count >= maxMoments) throw new AppError('report.moments');
      await store
        .insertInto('report_moments')
        .values({
          ...{ id: moment.id, learner_id: key.learnerId, lab_id: key.labId, at: moment.at },
          moment: JSON.stringify(moment),
        })
        .execute();
    });
    return moment;
  }

  async moments({ learnerId, labId }: AttemptKey): Promise<Moment[]> {
    const rows = await this.#store
      .selectFrom('report_moments')
      .select('moment')
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .orderBy('at')
      .execute();
    return rows.map(({ moment }) => Moment.parse(JSON.parse(moment)));
  }

  async unmark({ learnerId, labId }: AttemptKey, id: string): Promise<void> {
    await this.#store
      .deleteFrom('report_moments')
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .where('id', '=', id)
      .execute();
  }

  /** When steps were opened first. */
  openedSteps({ learnerId, labId }: AttemptKey): Promise<{ stepId: string; at: string }[]> {
    return this.#store
      .selectFrom('opened_steps')
      .select(['step_id as stepId', 'opened_at as at'])
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .execute();
  }

  /** When solutions were asked for. */
  solutions({ learnerId, labId }: AttemptKey): Promise<{ checkId: string; at: string }[]> {
    return this.#store
      .selectFrom('assisted')
      .select(['check_id as checkId', 'asked_at as at'])
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .execute();
  }

  /** Rounds of quizzes in which something was wrong. */
  wrongRounds({
    learnerId,
    labId,
  }: AttemptKey): Promise<{ checkId: string; round: number; at: string }[]> {
    return this.#store
      .selectFrom('quiz_rounds')
      .select(['check_id as checkId', 'round', 'answered_at as at'])
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .where('wrong', '!=', '[]')
      .execute();
  }
}
