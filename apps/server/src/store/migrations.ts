import { type Kysely, type Migration, sql } from 'kysely';
import { accountsMigration } from '../accounts/tables.ts';
import { makeChain } from '../chain/migration.ts';
import { makeLti } from '../lti/migration.ts';
import { makeMarks } from '../marks/migration.ts';
import { makeMoreDue, makePrivacy } from '../privacy/migration.ts';
import { makeReports } from '../reports/migration.ts';
import { roomMigration } from '../room/tables.ts';
import { workshopsMigration } from '../workshops/tables.ts';
import { makeReleases } from './releases.ts';

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
  '0003_steps_solutions_quizzes': {
    async up(db: Kysely<unknown>): Promise<void> {
      const ofAttempt = (table: string) =>
        db.schema
          .createTable(table)
          .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
          .addColumn('lab_id', 'text', (c) => c.notNull());
      await ofAttempt('opened_steps')
        .addColumn('step_id', 'text', (c) => c.notNull())
        .addColumn('opened_at', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('opened_steps_key', ['learner_id', 'lab_id', 'step_id'])
        .execute();
      // Of earlier attempts only the current step is known.
      await sql`insert into opened_steps
        select learner_id, lab_id, step_id, strftime('%Y-%m-%dT%H:%M:%fZ', 'now') from attempts`.execute(
        db,
      );
      await ofAttempt('assisted')
        .addColumn('check_id', 'text', (c) => c.notNull())
        .addColumn('asked_at', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('assisted_key', ['learner_id', 'lab_id', 'check_id'])
        .execute();
      await ofAttempt('quiz_rounds')
        .addColumn('check_id', 'text', (c) => c.notNull())
        .addColumn('round', 'integer', (c) => c.notNull())
        .addColumn('answers', 'text', (c) => c.notNull())
        .addColumn('wrong', 'text', (c) => c.notNull())
        .addColumn('answered_at', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('quiz_rounds_key', ['learner_id', 'lab_id', 'check_id', 'round'])
        .execute();
    },
  },
  '0004_drills': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable('attempts').addColumn('drill', 'text').execute();
      await db.schema
        .alterTable('answers')
        .addColumn('round', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
      const ofAttempt = (table: string) =>
        db.schema
          .createTable(table)
          .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
          .addColumn('lab_id', 'text', (c) => c.notNull())
          .addColumn('round', 'integer', (c) => c.notNull());
      await ofAttempt('drill_ticks')
        .addColumn('check_id', 'text', (c) => c.notNull())
        .addColumn('evidence', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('drill_ticks_key', ['learner_id', 'lab_id', 'round', 'check_id'])
        .execute();
      await ofAttempt('drills')
        .addColumn('path', 'text', (c) => c.notNull())
        .addColumn('debrief', 'text')
        .addPrimaryKeyConstraint('drills_key', ['learner_id', 'lab_id', 'round'])
        .execute();
    },
  },
  '0005_accounts': accountsMigration,
  '0006_workshops': workshopsMigration,
  '0007_room': roomMigration,
  '0008_marks': {
    async up(db: Kysely<unknown>): Promise<void> {
      await makeMarks(db);
      await makePrivacy(db);
    },
  },
  '0009_reports_lti': {
    async up(db: Kysely<unknown>): Promise<void> {
      await makeChain(db);
      await makeReports(db);
      await makeLti(db);
    },
  },
  '0010_releases': { up: makeReleases },
  '0011_more_due': { up: makeMoreDue },
};
