import { sql } from 'kysely';
import type { Attempts } from '../attempts/attempts.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import { emptyLog, type Store } from '../store/database.ts';
import type { Workshops } from '../workshops/workshops.ts';
import { learnerTables } from './learner-tables.ts';

/** What is due since then is due at once, whatever the clock says. */
const always = new Date(0).toISOString();

interface ErasureParts {
  store: Store;
  attempts: Pick<Attempts, 'letGo'>;
  runner: RunnerClient;
  workshops: Workshops;
  warn: (message: string, error: unknown) => void;
}

/** Deletes what is kept of learners. */
export class Erasure {
  readonly #store: Store;
  readonly #attempts: Pick<Attempts, 'letGo'>;
  readonly #runner: RunnerClient;
  readonly #workshops: Workshops;
  readonly #warn: (message: string, error: unknown) => void;

  constructor(parts: ErasureParts) {
    this.#store = parts.store;
    this.#attempts = parts.attempts;
    this.#runner = parts.runner;
    this.#workshops = parts.workshops;
    this.#warn = parts.warn;
  }

  /**
   * Deletes a learner: names, evidence, answers, reports, recordings, what logs say of them. Of marks the points stay,
   * nobody's, so that the chain can still prove them. Once it has resolved all of it is gone from the database, its files
   * too unless somebody else reads them, and what the runner keeps is noted for deletion even if it cannot be reached now.
   */
  async erase(learnerId: string): Promise<void> {
    const seat = await this.#workshops.seatOf(learnerId);
    await this.#attempts.letGo(learnerId, () =>
      this.#store.transaction().execute((store) => eraseRows(store, learnerId)),
    );
    // What is shown of the room must not go on naming them.
    if (seat) this.#workshops.emit('seats', seat.workshopId, [learnerId]);
    await this.deleteRecordings(always);
    await this.forget();
  }

  /** Has the database's files say nothing any more of what was deleted; what somebody reads meanwhile is for the next time. */
  async forget(): Promise<void> {
    try {
      await emptyLog(this.#store);
    } catch (error) {
      this.#warn('what was deleted is still in the log of the database', error);
    }
  }

  /** Closes machines and deletes recordings that are due since `since` or longer; those that fail are tried again. */
  async deleteRecordings(since: string): Promise<void> {
    const due = await this.#store
      .selectFrom('recordings_due')
      .select('sandbox_id')
      .where('since', '<=', since)
      .execute();
    for (const { sandbox_id: id } of due) {
      try {
        await this.#runner.deleteRecordings(id);
        await this.#store.deleteFrom('machines').where('sandbox_id', '=', id).execute();
        await this.#store.deleteFrom('recordings_due').where('sandbox_id', '=', id).execute();
      } catch (error) {
        return this.#warn('recordings could not be deleted yet', error);
      }
    }
  }
}

/** Deletes or empties the rows about a learner, within a transaction. */
export async function eraseRows(store: Store, learnerId: string): Promise<void> {
  await sql`insert or replace into recordings_due
    select sandbox_id, ${always} from machines where learner_id = ${learnerId}`.execute(store);
  for (const { name, erasure } of learnerTables) {
    const of = sql`where learner_id = ${learnerId}`;
    if (erasure === 'delete') {
      await sql`delete from ${sql.table(name)} ${of}`.execute(store);
      continue;
    }
    const columns = Object.entries(erasure.forget).map(
      ([column, value]) => sql`${sql.ref(column)} = ${value}`,
    );
    await sql`update ${sql.table(name)} set ${sql.join(columns)} ${of}`.execute(store);
  }
  // What was said to nobody else.
  await sql`delete from room_messages where to_all = 0 and not exists
    (select 1 from room_message_recipients where message_id = room_messages.id)`.execute(store);
  await store.deleteFrom('learners').where('id', '=', learnerId).execute();
}
