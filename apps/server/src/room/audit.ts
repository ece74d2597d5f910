import { type AuditAct, AuditDetail, AuditEntry } from '@tatami/protocol';
import type { Store } from '../store/database.ts';

/** A member of the staff, as the log names them. */
export interface Actor {
  id: string;
  name: string;
}

export interface Act {
  workshopId: string;
  /** Whom it is about; null: everybody in the room. */
  learnerId: string | null;
  by: Actor;
  act: AuditAct;
  detail: AuditDetail;
}

/** What one answer holds of the log, newest first. */
const mostEntries = 500;

/** What staff did in rooms, for those it was about. A promise that resolved is on the disk. */
export class Audit {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Something that is done at once, within the transaction that does it if one is given. */
  async note(act: Act, store: Store = this.#store): Promise<void> {
    await this.#insert(act, false, store);
  }

  /** Something that goes on. @returns what ends it. */
  async begin(act: Act): Promise<() => Promise<void>> {
    const id = await this.#insert(act, true, this.#store);
    return async () => {
      await this.#end().where('id', '=', id).execute();
    };
  }

  /** Nothing goes on across the end of a server: what an earlier one left open ended with it at the latest. */
  async endAll(): Promise<void> {
    await this.#end().execute();
  }

  /** What a learner may read: what was done to everybody in their workshop, and to them. */
  async ofLearner(workshopId: string, learnerId: string): Promise<AuditEntry[]> {
    const rows = await this.#rows(workshopId)
      .where((or) => or.or([or('to_all', '=', 1), or('learner_id', '=', learnerId)]))
      .execute();
    return rows.map((row) => entryOf(row, null));
  }

  /** All of a workshop, for its staff. */
  async ofRoom(workshopId: string, nameOf: (learnerId: string) => string | undefined) {
    return (await this.#rows(workshopId).execute()).map((row) =>
      entryOf(row, row.to_all === 1 ? null : ((row.learner_id && nameOf(row.learner_id)) ?? '')),
    );
  }

  async #insert(act: Act, lasts: boolean, store: Store): Promise<number> {
    const { id } = await store
      .insertInto('audit')
      .values({
        workshop_id: act.workshopId,
        learner_id: act.learnerId,
        to_all: act.learnerId === null ? 1 : 0,
        account_id: act.by.id,
        account_name: act.by.name,
        act: act.act,
        detail: JSON.stringify(act.detail),
        at: new Date().toISOString(),
        ended_at: null,
        lasts: lasts ? 1 : 0,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  #end() {
    return this.#store
      .updateTable('audit')
      .set({ ended_at: new Date().toISOString() })
      .where('lasts', '=', 1)
      .where('ended_at', 'is', null);
  }

  #rows(workshopId: string) {
    return this.#store
      .selectFrom('audit')
      .selectAll()
      .where('workshop_id', '=', workshopId)
      .orderBy('id', 'desc')
      .limit(mostEntries);
  }
}

interface Row {
  id: number;
  at: string;
  ended_at: string | null;
  lasts: number;
  account_name: string;
  act: string;
  detail: string;
}

const entryOf = (row: Row, seat: string | null): AuditEntry => ({
  id: row.id,
  at: row.at,
  endedAt: row.ended_at,
  lasts: row.lasts === 1,
  by: row.account_name,
  act: AuditEntry.shape.act.parse(row.act),
  detail: AuditDetail.parse(JSON.parse(row.detail)),
  seat,
});
