import { defaultRetention } from '@tatami/protocol';
import { sql } from 'kysely';
import { forgetCopies, oldCopies } from '../store/copies.ts';
import type { Store } from '../store/database.ts';
import type { Erasure } from './erasure.ts';
import { workshopTables } from './learner-tables.ts';

const dayMs = 86_400_000;
const everyMs = 3600_000;

/** What is due is deleted a day later: a clock that jumps ahead and is set right has cost nothing. */
const graceMs = dayMs;

type DueTable = 'recordings_due' | 'erasures_due' | 'workshops_due' | 'copies_due';
type DueColumn = 'sandbox_id' | 'learner_id' | 'workshop_id' | 'name';

/** Deletes what nobody needs any more: recordings and marks of workshops, and learners who do not come back. */
export class Retention {
  readonly #store: Store;
  readonly #dataDir: string;
  readonly #erasure: Erasure;
  readonly #warn: (message: string, error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: {
    store: Store;
    dataDir: string;
    erasure: Erasure;
    warn: (message: string, error: unknown) => void;
  }) {
    this.#store = parts.store;
    this.#dataDir = parts.dataDir;
    this.#erasure = parts.erasure;
    this.#warn = parts.warn;
  }

  /** Now, and then every hour; {@link close} ends it. */
  start(): void {
    const turn = () => {
      this.#turn = this.#turn
        .then(() => this.run())
        .catch((error: unknown) => this.#warn('old data could not be deleted yet', error));
    };
    turn();
    this.#timer = setInterval(turn, everyMs);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#turn;
  }

  /** Notes what is due at this time, and deletes what was due a day before and still is. */
  async run(nowMs = Date.now()): Promise<void> {
    const now = new Date(nowMs).toISOString();
    const ripe = new Date(nowMs - graceMs).toISOString();
    await this.#noteRecordings(nowMs, now);
    await this.#erasure.deleteRecordings(ripe);
    await this.#noteLearners(nowMs, now);
    for (const id of await this.#dueSince(ripe, 'erasures_due', 'learner_id'))
      await this.#erasure.erase(id);
    await this.#note('workshops_due', 'workshop_id', {
      ids: await this.#workshopsOver(nowMs),
      now,
    });
    await this.#deleteWorkshops(await this.#dueSince(ripe, 'workshops_due', 'workshop_id'));
    await this.#erasure.forget();
    await this.#note('copies_due', 'name', { ids: oldCopies(this.#dataDir, nowMs), now });
    forgetCopies(this.#dataDir, await this.#dueSince(ripe, 'copies_due', 'name'));
  }

  /** Recordings of workshops; of all others the runner deletes what is 30 days old. */
  async #noteRecordings(nowMs: number, now: string): Promise<void> {
    const workshops = await this.#workshops();
    const over = workshops.filter(
      ({ closedMs, recordings_days: days }) => closedMs + days * dayMs <= nowMs,
    );
    const machines = await this.#store
      .selectFrom('machines')
      .innerJoin('seats', 'seats.learner_id', 'machines.learner_id')
      .select('sandbox_id')
      .where(
        'workshop_id',
        'in',
        over.map(({ id }) => id),
      )
      .execute();
    // What learners had deleted themselves is due in any case; its machines are not known any more.
    await this.#note('recordings_due', 'sandbox_id', {
      ids: machines.map(({ sandbox_id: id }) => id),
      now,
    });
  }

  async #noteLearners(nowMs: number, now: string): Promise<void> {
    const seated = await this.#store
      .selectFrom('seats')
      .select('learner_id')
      .where('workshop_id', 'in', await this.#workshopsOver(nowMs))
      .execute();
    const longAgo = new Date(nowMs - defaultRetention.marksDays * dayMs).toISOString();
    const strays = await this.#store
      .selectFrom('learners')
      .select('id as learner_id')
      .where(({ fn }) => fn.coalesce('seen_at', 'created_at'), '<=', longAgo)
      .where('id', 'not in', (seats) => seats.selectFrom('seats').select('seats.learner_id'))
      .execute();
    await this.#note('erasures_due', 'learner_id', {
      ids: [...seated, ...strays].map(({ learner_id: id }) => id),
      now,
    });
  }

  /** Keeps since when something is due, and forgets what is not due after all. */
  async #note(
    table: DueTable,
    column: DueColumn,
    { ids, now }: { ids: string[]; now: string },
  ): Promise<void> {
    const due = JSON.stringify(ids);
    const [into, id] = [sql.table(table), sql.ref(column)];
    await this.#store.transaction().execute(async (store) => {
      await sql`delete from ${into} where ${id} not in (select value from json_each(${due}))
        and since > ${new Date(0).toISOString()}`.execute(store);
      // A clock that was set back must not make anything due for longer than it is.
      await sql`update ${into} set since = ${now} where since > ${now}`.execute(store);
      await sql`insert or ignore into ${into} select value, ${now} from json_each(${due})`.execute(
        store,
      );
    });
  }

  /** What was noted then or before. */
  async #dueSince(since: string, table: DueTable, column: DueColumn): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`select ${sql.ref(column)} as id
      from ${sql.table(table)} where since <= ${since}`.execute(this.#store);
    return rows.map(({ id }) => id);
  }

  /** Those in which nobody sits any more. */
  async #deleteWorkshops(ids: string[]): Promise<void> {
    for (const id of ids) {
      const seat = await this.#store
        .selectFrom('seats')
        .select('learner_id')
        .where('workshop_id', '=', id)
        .executeTakeFirst();
      if (seat) continue;
      await this.#store.transaction().execute(async (store) => {
        for (const table of workshopTables)
          await sql`delete from ${sql.table(table)} where workshop_id = ${id}`.execute(store);
        await store.deleteFrom('workshops').where('id', '=', id).execute();
      });
    }
  }

  /** Whose marks, and all else, nobody needs any more at this time. */
  async #workshopsOver(nowMs: number): Promise<string[]> {
    const over = (await this.#workshops()).filter(
      ({ closedMs, marks_days: days }) => closedMs + days * dayMs <= nowMs,
    );
    return over.map(({ id }) => id);
  }

  async #workshops() {
    const rows = await this.#store
      .selectFrom('workshops')
      .select(['id', 'closes_at', 'ended_at', 'recordings_days', 'marks_days'])
      .execute();
    return rows.map((row) => ({ ...row, closedMs: Date.parse(row.ended_at ?? row.closes_at) }));
  }
}
