import type { Trouble } from '@tatami/protocol';
import type { Store } from '../store/database.ts';
import type { Before } from './troubles.ts';

/** A shorter one is a slip, and not worth a row. */
const leastMs = 10_000;

interface Spell {
  learnerId: string;
  checkId: string;
  reason: string;
  beganAt: number;
  endedAt: number | null;
  rowId: number | null;
}

/** For how long each learner of a workshop stood on each reason; kept in few writes. */
export class Spells {
  readonly #store: Store;
  readonly #workshopId: string;
  readonly #open = new Map<string, Spell>();
  /** Ended, and still to be written. */
  #ended: Spell[] = [];

  constructor(store: Store, workshopId: string) {
    this.#store = store;
    this.#workshopId = workshopId;
  }

  /** Goes on with what went on when the last server stopped. @returns what each learner stood on. */
  async resume(): Promise<Map<string, NonNullable<Before['stood']>>> {
    const rows = await this.#store
      .selectFrom('troubles')
      .selectAll()
      .where('workshop_id', '=', this.#workshopId)
      .where('ended_at', 'is', null)
      .orderBy('id')
      .execute();
    for (const row of rows) {
      const learnerId = row.learner_id;
      const beganAt = Date.parse(row.began_at);
      const before = this.#open.get(learnerId);
      if (before) this.#ended.push({ ...before, endedAt: Math.max(beganAt, before.beganAt) });
      const spell = { learnerId, checkId: row.check_id, reason: row.reason, beganAt };
      this.#open.set(learnerId, { ...spell, endedAt: null, rowId: row.id });
    }
    return new Map(
      [...this.#open].map(([learnerId, { checkId, reason, beganAt }]) => [
        learnerId,
        { checkId, reason, since: beganAt },
      ]),
    );
  }

  /** What a learner is stuck on from now on. */
  note(learnerId: string, trouble: Trouble | null, now: number): void {
    const open = this.#open.get(learnerId);
    const reason = trouble && trouble.status !== 'unavailable' ? trouble.reason.key : null;
    if (open && open.checkId === trouble?.checkId && open.reason === reason) return;
    if (open) {
      this.#open.delete(learnerId);
      open.endedAt = Math.max(now, open.beganAt);
      this.#ended.push(open);
    }
    if (!trouble || reason === null) return;
    const { checkId } = trouble;
    this.#open.set(learnerId, {
      ...{ learnerId, checkId, reason, beganAt: now, endedAt: null, rowId: null },
    });
  }

  /** Writes what has lasted long enough, in one transaction. */
  async flush(now: number): Promise<void> {
    const ended = this.#ended;
    this.#ended = [];
    const fresh = [...this.#open.values()].filter(({ rowId }) => rowId === null);
    const due = [...ended, ...fresh].filter(
      ({ rowId, beganAt, endedAt }) => rowId !== null || (endedAt ?? now) - beganAt >= leastMs,
    );
    if (due.length === 0) return;
    const rowIds = new Map<Spell, number>();
    await this.#store
      .transaction()
      .execute(async (store) => {
        for (const spell of due) {
          const rowId = await this.#write(store, spell);
          if (rowId !== undefined) rowIds.set(spell, rowId);
        }
      })
      .catch((error: unknown) => {
        this.#ended.unshift(...ended);
        throw error;
      });
    // Not before it is certain: a transaction that is rolled back gives its numbers to others.
    for (const [spell, rowId] of rowIds) spell.rowId = rowId;
  }

  /** Nobody is there any more. */
  endAll(now: number): void {
    for (const learnerId of [...this.#open.keys()]) this.note(learnerId, null, now);
  }

  /** @returns the number of a new row; none for a learner who has been erased. */
  async #write(store: Store, spell: Spell): Promise<number | undefined> {
    const ended_at = spell.endedAt === null ? null : new Date(spell.endedAt).toISOString();
    if (spell.rowId !== null) {
      const row = store.updateTable('troubles').set({ ended_at });
      await row.where('id', '=', spell.rowId).execute();
      return undefined;
    }
    const learner = store.selectFrom('learners').select('id').where('id', '=', spell.learnerId);
    if (!(await learner.executeTakeFirst())) return undefined;
    const { id } = await store
      .insertInto('troubles')
      .values({
        workshop_id: this.#workshopId,
        learner_id: spell.learnerId,
        check_id: spell.checkId,
        reason: spell.reason,
        began_at: new Date(spell.beganAt).toISOString(),
        ended_at,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }
}
