import type { Kysely } from 'kysely';

export async function makeReports(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('report_drafts')
    .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
    .addColumn('lab_id', 'text', (c) => c.notNull())
    .addColumn('draft', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('report_drafts_key', ['learner_id', 'lab_id'])
    .execute();
  await db.schema
    .createTable('report_moments')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
    .addColumn('lab_id', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('moment', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('report_moments_of')
    .on('report_moments')
    .columns(['learner_id', 'lab_id'])
    .execute();
}
