import { AppError, type Hand } from '@tatami/protocol';
import type { Store } from '../store/database.ts';
import type { Actor } from './audit.ts';

/** A hand that is up, and whose. */
export interface HandUp extends Hand {
  learnerId: string;
}

/** Raised hands in their order. Claiming is one statement: of two who claim the same, one gets it. */
export class Hands {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Those that are up, the earliest first: numbers, since a clock may jump. */
  async up(workshopId: string): Promise<HandUp[]> {
    const rows = await this.#store
      .selectFrom('hands')
      .selectAll()
      .where('workshop_id', '=', workshopId)
      .where('closed_at', 'is', null)
      .orderBy('id')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      learnerId: row.learner_id,
      raisedAt: Date.parse(row.raised_at),
      about: row.about,
      claimedBy: row.claimed_name,
    }));
  }

  /** One that is up keeps its place; what it is about may change. */
  async raise(workshopId: string, learnerId: string, about: string): Promise<void> {
    await this.#store
      .insertInto('hands')
      .values({
        workshop_id: workshopId,
        learner_id: learnerId,
        about,
        raised_at: new Date().toISOString(),
        claimed_by: null,
        claimed_name: null,
        closed_at: null,
      })
      .onConflict((conflict) =>
        conflict.column('learner_id').where('closed_at', 'is', null).doUpdateSet({ about }),
      )
      .execute();
  }

  /** Nothing when none is up. */
  async lower(learnerId: string): Promise<void> {
    await this.#store
      .updateTable('hands')
      .set({ closed_at: new Date().toISOString() })
      .where('learner_id', '=', learnerId)
      .where('closed_at', 'is', null)
      .execute();
  }

  /**
   * Within the transaction that notes it. @returns whose hand it is.
   * @throws `room.hand-unknown`; `room.hand-claimed` when it is somebody else's.
   */
  async act(
    store: Store,
    hand: { workshopId: string; id: number },
    act: 'claim' | 'release' | 'serve',
    by: Actor,
  ): Promise<string> {
    const values = {
      claim: { claimed_by: by.id, claimed_name: by.name },
      release: { claimed_by: null, claimed_name: null },
      serve: { claimed_by: by.id, claimed_name: by.name, closed_at: new Date().toISOString() },
    }[act];
    const ofHand = store
      .updateTable('hands')
      .set(values)
      .where('id', '=', hand.id)
      .where('workshop_id', '=', hand.workshopId)
      .where('closed_at', 'is', null)
      .where((or) => or.or([or('claimed_by', 'is', null), or('claimed_by', '=', by.id)]));
    const done = await ofHand.returning('learner_id').executeTakeFirst();
    if (done) return done.learner_id;
    const other = await store
      .selectFrom('hands')
      .select('id')
      .where('id', '=', hand.id)
      .where('workshop_id', '=', hand.workshopId)
      .where('closed_at', 'is', null)
      .executeTakeFirst();
    throw new AppError(other ? 'room.hand-claimed' : 'room.hand-unknown');
  }
}
