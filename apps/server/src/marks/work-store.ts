import { type CheckRecord, Evidence } from '@tatami/protocol';
import type { Store } from '../store/database.ts';
import type { Work } from './mark.ts';

/** All that is kept of a learner's work in a lab. */
export interface LearnerWork extends Work {
  evidence: Map<string, Evidence>;
  assistedAt: Map<string, string>;
  /** Of quizzes and typed answers. */
  tries: Map<string, number>;
  machines: number;
}

/** Reads what learners have done, for marks. */
export class WorkStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Everybody asked for has an entry. */
  async of(learnerIds: string[], labId: string): Promise<Map<string, LearnerWork>> {
    const found = new Map(learnerIds.map((id) => [id, noWork()]));
    const within = { ids: learnerIds, labId };
    for (const row of await this.#passed(within))
      found
        .get(row.learner_id)
        ?.evidence.set(row.check_id, Evidence.parse(JSON.parse(row.evidence)));
    for (const row of await this.#assisted(within))
      found.get(row.learner_id)?.assistedAt.set(row.check_id, row.asked_at);
    for (const row of [...(await this.#answers(within)), ...(await this.#quizzes(within))])
      found.get(row.learner_id)?.tries.set(row.check_id, Number(row.tries));
    for (const row of await this.#attempts(within)) {
      const work = found.get(row.learner_id);
      if (work) work.machines = row.generation;
    }
    return new Map([...found].map(([id, work]) => [id, { ...work, ...workOf(work) }]));
  }

  #passed({ ids, labId }: Within) {
    return this.#store
      .selectFrom('passed')
      .select(['learner_id', 'check_id', 'evidence'])
      .where('lab_id', '=', labId)
      .where('learner_id', 'in', ids)
      .execute();
  }

  #assisted({ ids, labId }: Within) {
    return this.#store
      .selectFrom('assisted')
      .select(['learner_id', 'check_id', 'asked_at'])
      .where('lab_id', '=', labId)
      .where('learner_id', 'in', ids)
      .execute();
  }

  #answers({ ids, labId }: Within) {
    return this.#store
      .selectFrom('answers')
      .select(['learner_id', 'check_id', 'tries'])
      .where('lab_id', '=', labId)
      .where('learner_id', 'in', ids)
      .execute();
  }

  #quizzes({ ids, labId }: Within) {
    return this.#store
      .selectFrom('quiz_rounds')
      .select(({ fn }) => ['learner_id', 'check_id', fn.countAll().as('tries')])
      .where('lab_id', '=', labId)
      .where('learner_id', 'in', ids)
      .groupBy(['learner_id', 'check_id'])
      .execute();
  }

  #attempts({ ids, labId }: Within) {
    return this.#store
      .selectFrom('attempts')
      .select(['learner_id', 'generation'])
      .where('lab_id', '=', labId)
      .where('learner_id', 'in', ids)
      .execute();
  }
}

interface Within {
  ids: string[];
  labId: string;
}

const noWork = () => ({
  evidence: new Map<string, Evidence>(),
  assistedAt: new Map<string, string>(),
  tries: new Map<string, number>(),
  machines: 0,
});

const workOf = ({ evidence, assistedAt }: ReturnType<typeof noWork>): Work => ({
  passedAt: new Map([...evidence].map(([id, { at }]) => [id, at])),
  assisted: new Set(assistedAt.keys()),
});

/** What is kept of each of these checks. */
export const recordsOf = (work: LearnerWork, checkIds: string[]): CheckRecord[] =>
  checkIds.map((checkId) => ({
    checkId,
    evidence: work.evidence.get(checkId) ?? null,
    tries: work.tries.get(checkId) ?? null,
    assistedAt: work.assistedAt.get(checkId) ?? null,
  }));
