import type { Kysely } from 'kysely';

export async function makeMarks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('gradings')
    .addColumn('workshop_id', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('scheme', 'text', (c) => c.notNull())
    .addColumn('lesson', 'text', (c) => c.notNull())
    .addColumn('closes_at', 'text', (c) => c.notNull())
    .addColumn('made_at', 'text', (c) => c.notNull())
    .addColumn('made_by', 'text')
    .addColumn('reason', 'text')
    .addPrimaryKeyConstraint('gradings_key', ['workshop_id', 'version'])
    .execute();
  // What is left of an erased learner is not theirs any more: no reference, and the id may go.
  const sealed = (table: string) =>
    db.schema
      .createTable(table)
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('workshop_id', 'text', (c) => c.notNull())
      .addColumn('learner_id', 'text')
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('open', 'text', (c) => c.notNull())
      .addColumn('personal', 'text')
      .addColumn('salt', 'text')
      .addColumn('personal_digest', 'text', (c) => c.notNull())
      .addColumn('chain_seq', 'integer', (c) => c.notNull())
      .addUniqueConstraint(`${table}_key`, ['workshop_id', 'learner_id', 'version']);
  await sealed('marks').execute();
  await sealed('mark_changes').execute();
}
