import type { Kysely } from 'kysely';

export async function makePrivacy(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('learners').addColumn('seen_at', 'text').execute();
  await db.schema
    .createTable('erasures_due')
    .addColumn('learner_id', 'text', (c) => c.primaryKey())
    .addColumn('since', 'text', (c) => c.notNull())
    .execute();
}
