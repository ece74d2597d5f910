import { join } from 'node:path';
import Database from 'libsql';
import { z } from 'zod';
import { writeCopy } from '../store/copies.ts';
import { databaseFile } from '../store/database.ts';
import { makingOf } from '../store/making.ts';
import { Refusal } from './refusal.ts';

/** What {@link snapshot} prints. */
export const Snapshot = z.strictObject({ schema: z.string() });

/** Writes the database of a data folder, as it is at one moment, into a new file; whoever writes to it is not held up. */
export function snapshot(dir: string, path: string): z.infer<typeof Snapshot> {
  process.umask(0o077);
  const database = new Database(join(dir, databaseFile), { timeout: 10_000 });
  writeCopy(database, path);
  const copy = new Database(path);
  const schema = makingOf(copy).migrations.at(-1);
  copy.close();
  database.close();
  if (schema === undefined) throw new Refusal(`the database in ${dir} is empty`);
  return { schema };
}

/** Whether another process has the database of a data folder open. */
export function isInUse(dir: string): boolean {
  const database = new Database(join(dir, databaseFile));
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('begin exclusive');
    database.exec('rollback');
    return false;
  } catch (error) {
    if (String((error as { code?: unknown }).code).includes('BUSY')) return true;
    throw error;
  } finally {
    database.close();
  }
}
