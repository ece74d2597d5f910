import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Store } from '../store/database.ts';
import { newResumeCode, normaliseResumeCode } from './resume-code.ts';

export interface Learner {
  id: string;
  resumeCode: string;
}

/** Those who learn here: no name, only an id and the code to go on elsewhere. */
export class Learners {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Within a transaction, if one is given. */
  async create(store = this.#store): Promise<Learner> {
    const learner = { id: randomBytes(16).toString('hex'), resumeCode: newResumeCode() };
    await store
      .insertInto('learners')
      .values({
        id: learner.id,
        resume_code: learner.resumeCode,
        created_at: new Date().toISOString(),
      })
      .execute();
    return learner;
  }

  /** They are here: what is kept of them is kept for another while. Kept to the day, for a write costs the disk. */
  async seen(id: string, now = new Date()): Promise<void> {
    const today = now.toISOString().slice(0, 10);
    await this.#store
      .updateTable('learners')
      .set({ seen_at: today })
      .where('id', '=', id)
      .where(({ fn }) => fn.coalesce('seen_at', sql.lit('')), '<', today)
      .execute();
  }

  async byId(id: string): Promise<Learner | undefined> {
    const row = await this.#store
      .selectFrom('learners')
      .select(['id', 'resume_code'])
      .where('id', '=', id)
      .executeTakeFirst();
    return row && { id: row.id, resumeCode: row.resume_code };
  }

  /** However it was typed. */
  async byResumeCode(typed: string): Promise<Learner | undefined> {
    const code = normaliseResumeCode(typed);
    if (!code) return undefined;
    const row = await this.#store
      .selectFrom('learners')
      .select('id')
      .where('resume_code', '=', code)
      .executeTakeFirst();
    return row && { id: row.id, resumeCode: code };
  }
}
