import { type Kysely, sql } from 'kysely';

export async function makePrivacy(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('learners').addColumn('seen_at', 'text').execute();
  await db.schema
    .createTable('machines')
    .addColumn('sandbox_id', 'text', (c) => c.primaryKey())
    .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
    .addColumn('lab_id', 'text', (c) => c.notNull())
    .addColumn('started_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('machines_of').on('machines').column('learner_id').execute();
  // Of those before, the newest of each attempt is known.
  await sql`insert or ignore into machines
    select coalesce(sandbox_id, last_sandbox_id), learner_id, lab_id,
      coalesce(last_closed_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    from attempts where coalesce(sandbox_id, last_sandbox_id) is not null`.execute(db);
  await makeDue(db, 'recordings_due', 'sandbox_id');
  await makeDue(db, 'erasures_due', 'learner_id');
}

export async function makeMoreDue(db: Kysely<unknown>): Promise<void> {
  await makeDue(db, 'workshops_due', 'workshop_id');
  await makeDue(db, 'copies_due', 'name');
}

/** What is due, and since when that is known. */
const makeDue = (db: Kysely<unknown>, table: string, column: string): Promise<void> =>
  db.schema
    .createTable(table)
    .addColumn(column, 'text', (c) => c.primaryKey())
    .addColumn('since', 'text', (c) => c.notNull())
    .execute();
