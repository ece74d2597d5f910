import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type Database from 'libsql';

/** Copies that are kept, the newest. */
const keptCopies = 3;
/** A copy holds what learners have deleted since: no longer than recordings. */
const keptDays = 30;
const unfinished = '.unfinished';

const folderOf = (dataDir: string): string => join(dataDir, 'before-upgrade');

/**
 * Copies the database before it is changed: `before-upgrade/SCHEMA.TIME.db` of the data folder, whole or not at all.
 * @returns its path.
 */
export function copyBeforeUpgrade(
  database: Database.Database,
  { dataDir, schema }: { dataDir: string; schema: string },
): string {
  const dir = folderOf(dataDir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const path = join(dir, `${schema}.${time}.db`);
  const beside = `${path}${unfinished}`;
  rmSync(beside, { force: true });
  try {
    writeCopy(database, beside);
    renameSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
  return path;
}

/** Writes what the database is at this moment into a new file, which only its owner can read. */
export function writeCopy(database: Database.Database, path: string): void {
  database.prepare('vacuum into ?').run(path);
  chmodSync(path, 0o600);
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}

/** Names of the copies that are too old at this time. */
export const oldCopies = (dataDir: string, nowMs: number): string[] =>
  copiesOf(dataDir)
    .filter(({ madeMs }) => nowMs - madeMs > keptDays * 86_400_000)
    .map(({ name }) => name);

/** Deletes what a crash left, all but the newest copies, and these. */
export function forgetCopies(dataDir: string, names: string[]): void {
  const copies = copiesOf(dataDir);
  const whole = copies.filter(({ name }) => !name.endsWith(unfinished));
  const kept = whole.slice(0, keptCopies).filter(({ name }) => !names.includes(name));
  for (const copy of copies) if (!kept.includes(copy)) rmSync(copy.path);
}

/** Newest first. */
function copiesOf(dataDir: string): { path: string; name: string; madeMs: number }[] {
  const dir = folderOf(dataDir);
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .map((name) => ({ path: join(dir, name), name, madeMs: statSync(join(dir, name)).mtimeMs }))
    .sort((one, two) => two.madeMs - one.madeMs);
}
