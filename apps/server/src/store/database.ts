import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '@tatami/protocol';
import {
  type DialectAdapter,
  type Driver,
  Kysely,
  type Migration,
  Migrator,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  sql,
} from 'kysely';
import Database from 'libsql';
import type { AccountTables } from '../accounts/tables.ts';
import type { ChainTables } from '../chain/tables.ts';
import type { LtiTables } from '../lti/tables.ts';
import type { MarkTables } from '../marks/tables.ts';
import type { PrivacyTables } from '../privacy/tables.ts';
import type { ReportTables } from '../reports/tables.ts';
import type { RoomTables } from '../room/tables.ts';
import type { WorkshopTables } from '../workshops/tables.ts';
import { copyBeforeUpgrade } from './copies.ts';
import { knownSchema, type Making, makingOf, whyNewer } from './making.ts';
import { migrations } from './migrations.ts';
import type { ReleaseTables } from './releases.ts';

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

export interface Tables
  extends AccountTables,
    ChainTables,
    LtiTables,
    MarkTables,
    PrivacyTables,
    ReleaseTables,
    ReportTables,
    RoomTables,
    WorkshopTables {
  learners: LearnersTable;
  attempts: AttemptsTable;
  passed: PassedTable;
  answers: AnswersTable;
  opened_steps: OpenedStepsTable;
  assisted: AssistedTable;
  quiz_rounds: QuizRoundsTable;
  drill_ticks: DrillTicksTable;
  drills: DrillsTable;
}
export type Store = Kysely<Tables>;

/** Deleted rows are overwritten, not only forgotten (https://sqlite.org/pragma.html#pragma_secure_delete). */
const pragmas = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  'secure_delete = ON',
];

/** The file in the data folder that holds the database. */
export const databaseFile = 'tatami.db';

/**
 * Opens `tatami.db` in `dir` and brings it up to date: all that is missing in one transaction, and a copy first. What a
 * query has answered survives a crash of the process and of the machine (synchronous=FULL:
 * https://sqlite.org/pragma.html#pragma_synchronous).
 * @throws one sentence when it is no database, a later version made it, or it cannot be brought up to date; it is as it was then.
 */
export async function openStore(
  dir: string,
  steps: Record<string, Migration> = migrations,
): Promise<Store> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const database = new Database(join(dir, databaseFile));
  const making = whatMade(dir, database);
  const newer = whyNewer(`the database in ${dir}`, making);
  if (newer) {
    database.close();
    throw new Error(newer);
  }
  for (const pragma of pragmas) database.pragma(pragma);
  const store = new Kysely<Tables>({
    // libsql has better-sqlite3's interface; only its types differ.
    dialect: new Dialect({ database: database as unknown as SqliteDatabase }),
  });
  try {
    const before = making.migrations.at(-1);
    const isBehind = Object.keys(steps).some((name) => !making.migrations.includes(name));
    if (before && isBehind) copyBeforeUpgrade(database, { dataDir: dir, schema: before });
    await upgrade(store, steps);
    if (isBehind || making.version !== version) await noteRelease(store);
    return store;
  } catch (cause) {
    await store.destroy();
    const why = (cause as Error).message;
    throw new Error(
      `the database in ${dir} could not be brought up to date and is as it was: ${why}`,
      { cause },
    );
  }
}

/**
 * Brings what was written into the database's file and empties its write-ahead log, which says what was deleted until
 * then (https://sqlite.org/pragma.html#pragma_wal_checkpoint). While somebody else reads, the log keeps what they need.
 */
export async function emptyLog(store: Store): Promise<void> {
  await sql`pragma wal_checkpoint(truncate)`.execute(store);
}

function whatMade(dir: string, database: Database.Database): Making {
  try {
    return makingOf(database);
  } catch (cause) {
    const why = (cause as Error).message;
    database.close();
    throw new Error(
      `the database in ${dir} cannot be read (${why}): restore a backup (docs/operations.md)`,
      { cause },
    );
  }
}

async function upgrade(store: Store, steps: Record<string, Migration>): Promise<void> {
  const migrator = new Migrator({ db: store, provider: { getMigrations: async () => steps } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

const noteRelease = (store: Store) =>
  store
    .insertInto('releases')
    .values({ version, schema: knownSchema, at: new Date().toISOString() })
    .execute();

/** Where a migration fails, none of those that came with it has been. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * SQLite rolls a transaction back by itself when the disk is full or a write fails
 * (sqlite.org/lang_transaction.html); that there is nothing left to roll back must not hide why.
 */
class Dialect extends SqliteDialect {
  override createAdapter(): DialectAdapter {
    return new Adapter();
  }

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
