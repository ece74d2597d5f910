import type { Generated, Kysely } from 'kysely';

/** Which version of Tatami has brought the database to which schema, and when: a line per change of either. */
interface ReleasesTable {
  /** Counts from 1; absent in an insert. */
  seq: Generated<number>;
  version: string;
  /** The newest migration's name. */
  schema: string;
  at: string;
}

export interface ReleaseTables {
  releases: ReleasesTable;
}

export async function makeReleases(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('releases')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('schema', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .execute();
}
