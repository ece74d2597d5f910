import { Debrief, Evidence, LearnerPath } from '@tatami/protocol';
import type { Store } from '../store/database.ts';
import type { AttemptKey, Passed } from './attempt-store.ts';

/** What is known of a drill beside the attempt's own record. */
interface DrillMemory {
  /** What the runner no longer has. */
  path: LearnerPath;
  debrief: Debrief | null;
}

/** Ticks, paths and debriefs of drills. A promise that resolved is on the disk. */
export class DrillStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The first evidence stays. */
  async tick(key: AttemptKey, round: number, { checkId, evidence }: Passed): Promise<void> {
    await this.#store
      .insertInto('drill_ticks')
      .values({ ...rowOf(key, round), check_id: checkId, evidence: JSON.stringify(evidence) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async ticks({ learnerId, labId }: AttemptKey, round: number): Promise<Passed[]> {
    const rows = await this.#store
      .selectFrom('drill_ticks')
      .select(['check_id', 'evidence'])
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .where('round', '=', round)
      .execute();
    return rows.map((row) => ({
      checkId: row.check_id,
      evidence: Evidence.parse(JSON.parse(row.evidence)),
    }));
  }

  async memory({ learnerId, labId }: AttemptKey, round: number): Promise<DrillMemory> {
    const row = await this.#store
      .selectFrom('drills')
      .select(['path', 'debrief'])
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .where('round', '=', round)
      .executeTakeFirst();
    if (!row) return { path: { lines: [], omitted: 0 }, debrief: null };
    return {
      path: LearnerPath.parse(JSON.parse(row.path)),
      debrief: row.debrief === null ? null : Debrief.parse(JSON.parse(row.debrief)),
    };
  }

  async remember(key: AttemptKey, round: number, { path, debrief }: DrillMemory): Promise<void> {
    const values = {
      path: JSON.stringify(path),
      debrief: debrief && JSON.stringify(debrief),
    };
    await this.#store
      .insertInto('drills')
      .values({ ...rowOf(key, round), ...values })
      .onConflict((conflict) =>
        conflict.columns(['learner_id', 'lab_id', 'round']).doUpdateSet(values),
      )
      .execute();
  }
}

const rowOf = ({ learnerId, labId }: AttemptKey, round: number) => ({
  learner_id: learnerId,
  lab_id: labId,
  round,
});
