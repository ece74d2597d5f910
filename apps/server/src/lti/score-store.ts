import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Store, Tables } from '../store/database.ts';

/** A cell of a grade book. */
export interface Cell {
  platformId: string;
  lineItem: string;
  learnerId: string;
  labId: string;
  subject: string;
  given: number | null;
  maximum: number | null;
  state: 'waiting' | 'sent' | 'refused';
  tries: number;
  lastTimestamp: string | null;
}

type CellKey = Pick<Cell, 'platformId' | 'lineItem' | 'learnerId'>;

/** What grade books should say. A promise that resolved is on the disk. */
export class ScoreStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Somebody came by a link that is graded; one whose grade was refused is tried again. */
  async note(cell: Pick<Cell, 'platformId' | 'lineItem' | 'learnerId' | 'labId' | 'subject'>) {
    const { platformId, lineItem, learnerId, labId, subject } = cell;
    await this.#store
      .insertInto('lti_scores')
      .values({
        ...{ platform_id: platformId, line_item: lineItem, learner_id: learnerId },
        ...{ lab_id: labId, subject, state: 'sent', tries: 0 },
      })
      .onConflict((conflict) =>
        conflict.columns(['platform_id', 'line_item', 'learner_id']).doUpdateSet((row) => ({
          ...{ lab_id: labId, subject, tries: 0 },
          state: sql<string>`case when ${row.ref('lti_scores.state')} = 'refused' then 'waiting' else ${row.ref('lti_scores.state')} end`,
        })),
      )
      .execute();
  }

  /**
   * Every cell with a text that changes whenever the points behind it may have: asking for the points of all would
   * cost a hundred times as much.
   */
  async fingerprints(): Promise<{ cell: Cell; fingerprint: string }[]> {
    const rows = await this.#store
      .selectFrom('lti_scores as s')
      .selectAll('s')
      .select((row) => [
        row
          .selectFrom('passed as p')
          .select((one) => one.fn.countAll<number>().as('n'))
          .whereRef('p.learner_id', '=', 's.learner_id')
          .whereRef('p.lab_id', '=', 's.lab_id')
          .as('passed'),
        row
          .selectFrom('assisted as a')
          .select((one) => one.fn.countAll<number>().as('n'))
          .whereRef('a.learner_id', '=', 's.learner_id')
          .whereRef('a.lab_id', '=', 's.lab_id')
          .as('assisted'),
      ])
      .execute();
    return rows.map((row) => ({
      cell: fromRow(row),
      fingerprint: `${row.lab_id} ${row.passed} ${row.assisted}`,
    }));
  }

  async waiting(): Promise<Cell[]> {
    return (await this.#waiting().execute()).map(fromRow);
  }

  /** The cell as it is now; undefined when it is gone, or there is nothing to tell any more. */
  async stillWaiting({ platformId, lineItem, learnerId }: CellKey): Promise<Cell | undefined> {
    const row = await this.#waiting()
      .where('platform_id', '=', platformId)
      .where('line_item', '=', lineItem)
      .where('learner_id', '=', learnerId)
      .executeTakeFirst();
    return row && fromRow(row);
  }

  /** The cell should say something else than it was told. */
  async want(key: CellKey, { given, maximum }: { given: number; maximum: number }): Promise<void> {
    await this.#update(key, { given, maximum, state: 'waiting', tries: 0 });
  }

  /** The timestamp is about to be used: no later one may be the same or earlier, whatever happens. */
  async use(key: CellKey, timestamp: string): Promise<void> {
    await this.#update(key, { last_timestamp: timestamp });
  }

  /** It was told these points; if others are wanted by now, it goes on waiting. */
  async sent(cell: Cell): Promise<void> {
    await this.#rowsAsTold(cell).set({ state: 'sent', tries: 0, trouble: null }).execute();
  }

  /** These points were told in vain; others that are wanted by now wait without that failure. */
  async failed(
    cell: Cell,
    failure: { state: Cell['state']; tries: number; trouble: string },
  ): Promise<void> {
    await this.#rowsAsTold(cell).set(failure).execute();
  }

  async #update(key: CellKey, values: Partial<Tables['lti_scores']>): Promise<void> {
    await this.#rows(key).set(values).execute();
  }

  /** First what was not tried in vain: a cell that always fails keeps no other waiting. */
  #waiting() {
    return this.#store
      .selectFrom('lti_scores')
      .selectAll()
      .where('state', '=', 'waiting')
      .orderBy('tries');
  }

  #rowsAsTold(cell: Cell) {
    return this.#rows(cell).where('given', '=', cell.given).where('maximum', '=', cell.maximum);
  }

  #rows({ platformId, lineItem, learnerId }: CellKey) {
    return this.#store
      .updateTable('lti_scores')
      .where('platform_id', '=', platformId)
      .where('line_item', '=', lineItem)
      .where('learner_id', '=', learnerId);
  }
}

const fromRow = (row: Selectable<Tables['lti_scores']>): Cell => ({
  ...{ platformId: row.platform_id, lineItem: row.line_item, learnerId: row.learner_id },
  ...{ labId: row.lab_id, subject: row.subject, given: row.given, maximum: row.maximum },
  ...{ state: row.state as Cell['state'], tries: row.tries, lastTimestamp: row.last_timestamp },
});
