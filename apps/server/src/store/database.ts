import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Driver, Kysely, Migrator, type SqliteDatabase, SqliteDialect } from 'kysely';
import Database from 'libsql';
import type { AccountTables } from '../accounts/tables.ts';
import type { RoomTables } from '../room/tables.ts';
import type { WorkshopTables } from '../workshops/tables.ts';
import { migrations } from './migrations.ts';

interface LearnersTable {
  id: string;
  resume_code: string;
  created_at: string;
  /** The day of the last visit; null: none since this is noted. */
  seen_at: string | null;
}

interface AttemptsTable {
  learner_id: string;
  lab_id: string;
  step_id: string;
  /** The machine that runs now, or null. */
  sandbox_id: string | null;
  /** Counts the machines of this attempt. */
  generation: number;
  last_sandbox_id: string | null;
  last_closed_at: string | null;
  last_reason: string | null;
  /** JSON array of terminal ids that left a screen. */
  last_screens: string;
  /** What this learner's faults are drawn by. */
  seed: string;
  /** JSON of the drill that was opened last, or null. */
  drill: string | null;
}

interface PassedTable {
  learner_id: string;
  lab_id: string;
  check_id: string;
  /** JSON of packages/protocol's Evidence. */
  evidence: string;
}

interface AnswersTable {
  learner_id: string;
  lab_id: string;
  check_id: string;
  /** JSON of packages/protocol's Answer. */
  answer: string;
  tries: number;
  /** Of the drill that it was typed in last; 0 elsewhere. */
  round: number;
}

/** Steps that were opened, whatever came of it. */
interface OpenedStepsTable {
  learner_id: string;
  lab_id: string;
  step_id: string;
  opened_at: string;
}

/** Checks whose solution was asked for before they had passed. */
interface AssistedTable {
  learner_id: string;
  lab_id: string;
  check_id: string;
  asked_at: string;
}

interface QuizRoundsTable {
  learner_id: string;
  lab_id: string;
  check_id: string;
  /** Counted from 0. */
  round: number;
  /** JSON of packages/protocol's QuizAnswers. */
  answers: string;
  /** JSON of QuizState's `wrong`. */
  wrong: string;
  answered_at: string;
}

/** What was passed within one drill; `passed` keeps only the first time. */
interface DrillTicksTable {
  learner_id: string;
  lab_id: string;
  round: number;
  check_id: string;
  /** JSON of packages/protocol's Evidence. */
  evidence: string;
}

interface DrillsTable {
  learner_id: string;
  lab_id: string;
  /** Counted from 0 over all drills of the attempt. */
  round: number;
  /** JSON of packages/protocol's LearnerPath: what the runner no longer has. */
  path: string;
  /** JSON of packages/protocol's Debrief, once the cause was named. */
  debrief: string | null;
}

/** Marks of a workshop were fixed; each time is kept. */
interface GradingsTable {
  workshop_id: string;
  /** Counted from 1. */
  version: number;
  /** JSON of packages/protocol's GradingScheme. */
  scheme: string;
  /** Digest of the lesson's items and checks. */
  lesson: string;
  /** The deadline that counted. */
  closes_at: string;
  made_at: string;
  /** Name of an account; null: the server. */
  made_by: string | null;
  reason: string | null;
}

/** A record of two parts, of which the personal one can be erased (marks/sealed.ts). */
interface SealedColumns {
  id: string;
  workshop_id: string;
  /** Null, like `personal` and `salt`, once it was erased. */
  learner_id: string | null;
  /** JSON. */
  open: string;
  /** JSON. */
  personal: string | null;
  salt: string | null;
  personal_digest: string;
  /** The entry of the chain that has the record's digest. */
  chain_seq: number;
}

interface MarksTable extends SealedColumns {
  /** Of the grading. */
  version: number;
}

/** Learners whose time is over, and since when that was seen. */
interface ErasuresDueTable {
  learner_id: string;
  since: string;
}

export interface Tables extends AccountTables, WorkshopTables, RoomTables {
  learners: LearnersTable;
  attempts: AttemptsTable;
  passed: PassedTable;
  answers: AnswersTable;
  opened_steps: OpenedStepsTable;
  assisted: AssistedTable;
  quiz_rounds: QuizRoundsTable;
  drill_ticks: DrillTicksTable;
  drills: DrillsTable;
  gradings: GradingsTable;
  marks: MarksTable;
  mark_changes: SealedColumns;
  erasures_due: ErasuresDueTable;
}
export type Store = Kysely<Tables>;

/**
 * Opens `tatami.db` in `dir` and brings it up to date. What a query has answered survives a crash of
 * the process and of the machine (synchronous=FULL: https://sqlite.org/pragma.html#pragma_synchronous).
 */
export async function openStore(dir: string): Promise<Store> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const database = new Database(join(dir, 'tatami.db'));
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON'])
    database.pragma(pragma);
  const store = new Kysely<Tables>({
    // libsql has better-sqlite3's interface; only its types differ.
    dialect: new ForgivingDialect({ database: database as unknown as SqliteDatabase }),
  });
  const migrator = new Migrator({
    db: store,
    provider: { getMigrations: async () => migrations },
  });
  const { error } = await migrator.migrateToLatest();
  if (!error) return store;
  await store.destroy();
  throw new Error(`the database in ${dir} could not be brought up to date`, { cause: error });
}

/**
 * SQLite rolls a transaction back by itself when the disk is full or a write fails
 * (sqlite.org/lang_transaction.html); that there is nothing left to roll back must not hide why.
 */
class ForgivingDialect extends SqliteDialect {
  override createDriver(): Driver {
    const driver = super.createDriver();
    const rollback = driver.rollbackTransaction.bind(driver);
    driver.rollbackTransaction = (connection) =>
      rollback(connection).catch((error: unknown) => {
        if (!String(error).includes('no transaction is active')) throw error;
      });
    return driver;
  }
}

/** Whether a failed write says that the disk is full. */
export const isDiskFull = (error: unknown): boolean =>
  ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'ENOSPC'].some((code) =>
    `${(error as { code?: unknown }).code} ${String(error)}`.includes(code),
  );
