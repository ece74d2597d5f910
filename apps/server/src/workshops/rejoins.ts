import { randomBytes } from 'node:crypto';
import { AppError, type RejoinAnswer } from '@tatami/protocol';
import { hashOf, newId } from '../accounts/token.ts';
import type { Store } from '../store/database.ts';

/** As long somebody waits for the staff, and as long their yes is good for. */
const lifeMs = 20 * 60_000;
/** Undecided at once in one workshop; with one more, the oldest goes. */
const most = 100;

/** Who asks, and for which seat. */
export interface Asking {
  id: string;
  learnerId: string;
  askedAt: string;
}

/** Learners who ask to go on in their seat without its personal code. */
export class Rejoins {
  readonly #store: Store;
  readonly #now: () => Date;

  constructor(store: Store, now = () => new Date()) {
    this.#store = store;
    this.#now = now;
  }

  /** Asks anew for a seat. @returns the ticket, which is told nobody else. */
  async ask(workshopId: string, learnerId: string): Promise<string> {
    const ticket = randomBytes(16).toString('hex');
    await this.#store.transaction().execute(async (store) => {
      const waiting = await store
        .selectFrom('rejoins')
        .select(['id', 'asked_at'])
        .where('workshop_id', '=', workshopId)
        .where('decided_at', 'is', null)
        .orderBy('asked_at', 'desc')
        .execute();
      const over = waiting.slice(most - 1).map(({ id }) => id);
      if (over.length > 0) await store.deleteFrom('rejoins').where('id', 'in', over).execute();
      await store.deleteFrom('rejoins').where('asked_at', '<', this.#since()).execute();
      await store
        .insertInto('rejoins')
        .values({
          ...{ id: newId(), workshop_id: workshopId, learner_id: learnerId },
          ...{ secret_hash: hashOf(ticket), asked_at: this.#now().toISOString() },
          ...{ decided_at: null, allowed: null },
        })
        .execute();
    });
    return ticket;
  }

  /** Undecided ones, who has waited longest first. */
  async waiting(workshopId: string): Promise<Asking[]> {
    const rows = await this.#store
      .selectFrom('rejoins')
      .select(['id', 'learner_id', 'asked_at'])
      .where('workshop_id', '=', workshopId)
      .where('decided_at', 'is', null)
      .where('asked_at', '>=', this.#since())
      .orderBy('asked_at')
      .execute();
    return rows.map((row) => ({ id: row.id, learnerId: row.learner_id, askedAt: row.asked_at }));
  }

  /** The first decision counts. @throws `workshop.rejoin-unknown`. */
  async decide(workshopId: string, id: string, allow: boolean): Promise<void> {
    const row = await this.#store
      .updateTable('rejoins')
      .set({ decided_at: this.#now().toISOString(), allowed: allow ? 1 : 0 })
      .where('id', '=', id)
      .where('workshop_id', '=', workshopId)
      .where('decided_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!row) throw new AppError('workshop.rejoin-unknown');
  }

  /** What the staff said to whoever has this ticket, and whose seat it is. @throws `workshop.rejoin-unknown`. */
  async answer(
    ticket: string,
  ): Promise<{ answer: RejoinAnswer['answer']; learnerId: string; workshopId: string }> {
    const row = await this.#store
      .selectFrom('rejoins')
      .select(['learner_id', 'workshop_id', 'allowed'])
      .where('secret_hash', '=', hashOf(ticket))
      .where('asked_at', '>=', this.#since())
      .executeTakeFirst();
    if (!row) throw new AppError('workshop.rejoin-unknown');
    const answer = row.allowed === null ? 'waiting' : row.allowed === 1 ? 'yes' : 'no';
    return { answer, learnerId: row.learner_id, workshopId: row.workshop_id };
  }

  #since(): string {
    return new Date(this.#now().getTime() - lifeMs).toISOString();
  }
}
