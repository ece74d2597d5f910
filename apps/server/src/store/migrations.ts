import { type Kysely, type Migration, sql } from 'kysely';

/** Every change of the schema, in order. Never edit one that was released: add the next. */
export const migrations: Record<string, Migration> = {
  '0001_learners_attempts_passed': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('learners')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('resume_code', 'text', (c) => c.notNull().unique())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('attempts')
        .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
        .addColumn('lab_id', 'text', (c) => c.notNull())
        .addColumn('step_id', 'text', (c) => c.notNull())
        .addColumn('sandbox_id', 'text')
        .addColumn('generation', 'integer', (c) => c.notNull())
        .addColumn('last_sandbox_id', 'text')
        .addColumn('last_closed_at', 'text')
        .addColumn('last_reason', 'text')
        .addColumn('last_screens', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('attempts_key', ['learner_id', 'lab_id'])
        .execute();
      await db.schema
        .createTable('passed')
        .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
        .addColumn('lab_id', 'text', (c) => c.notNull())
        .addColumn('check_id', 'text', (c) => c.notNull())
        .addColumn('evidence', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('passed_key', ['learner_id', 'lab_id', 'check_id'])
        .execute();
    },
  },
  '0002_seeds_answers': {
    async up(db: Kysely<unknown>): Promise<void> {
      // SQLite adds no column that is not null without a default; each attempt gets a seed of its own.
      await db.schema
        .alterTable('attempts')
        .addColumn('seed', 'text', (c) => c.notNull().defaultTo(''))
        .execute();
      await sql`update attempts set seed = lower(hex(randomblob(16)))`.execute(db);
      await db.schema
        .createTable('answers')
        .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
        .addColumn('lab_id', 'text', (c) => c.notNull())
        .addColumn('check_id', 'text', (c) => c.notNull())
        .addColumn('answer', 'text', (c) => c.notNull())
        .addColumn('tries', 'integer', (c) => c.notNull())
        .addPrimaryKeyConstraint('answers_key', ['learner_id', 'lab_id', 'check_id'])
        .execute();
    },
  },
};
