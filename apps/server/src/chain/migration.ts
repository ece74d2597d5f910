import type { Kysely } from 'kysely';

export async function makeChain(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('chain_entries')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('previous', 'text', (c) => c.notNull())
    .execute();
}
