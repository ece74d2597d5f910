import { existsSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version } from '@tatami/protocol';
import { Kysely, Migrator, type SqliteDatabase, SqliteDialect, sql } from 'kysely';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { forgetCopies, oldCopies } from './copies.ts';
import { databaseFile, openStore } from './database.ts';
import { migrations } from './migrations.ts';

/** A data folder whose database has the migrations up to this one. */
async function folderAt(last: string | undefined) {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-upgrade-'));
  if (last) {
    const database = new Database(join(dir, databaseFile)) as unknown as SqliteDatabase;
    const old = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
    const provider = { getMigrations: async () => migrations };
    await new Migrator({ db: old, provider }).migrateTo(last);
    await sql.raw("insert into learners values ('one', 'CODE-1', 'then')").execute(old);
    await old.destroy();
  }
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

/** All that a database says, schema included. */
async function dumpOf(dir: string): Promise<string> {
  const database = new Database(join(dir, databaseFile));
  const all = (text: string) => database.prepare(text).all() as Record<string, string>[];
  const tables = all('select name, sql from sqlite_master where sql is not null order by name');
  const rows = tables
    .filter(({ sql: made }) => made?.startsWith('create table') || made?.startsWith('CREATE TABLE'))
    .map(({ name }) => [name, all(`select * from "${name}"`)]);
  database.close();
  return JSON.stringify([tables, rows]);
}

const planted = (up: (db: Kysely<unknown>) => Promise<void>) => ({
  ...migrations,
  '9999_planted': { up },
});

test('a migration that fails leaves the database as it was, and a copy of it', async () => {
  await using folder = await folderAt('0004_drills');
  const before = await dumpOf(folder.dir);
  const failing = planted(async (db) => {
    await db.schema.createTable('halfway').addColumn('id', 'text').execute();
    await sql`delete from learners`.execute(db);
    throw new Error('planted');
  });
  await expect(openStore(folder.dir, failing)).rejects.toThrow(
    /^the database in .* could not be brought up to date and is as it was: planted$/,
  );
  expect(await dumpOf(folder.dir)).toBe(before);

  const store = await openStore(folder.dir);
  expect(await store.selectFrom('learners').select('id').execute()).toEqual([{ id: 'one' }]);
  expect(await store.selectFrom('releases').selectAll().execute()).toMatchObject([
    { seq: 1, version, schema: Object.keys(migrations).at(-1) },
  ]);
  await store.destroy();
});

test('before an upgrade the database is copied, and the newest copies are kept for a month', async () => {
  await using folder = await folderAt('0004_drills');
  const before = await dumpOf(folder.dir);
  await (await openStore(folder.dir)).destroy();
  const copies = join(folder.dir, 'before-upgrade');
  const [name = ''] = await readdir(copies);
  expect(name).toMatch(/^0004_drills\.\d{8}T\d{6}Z\.db$/);
  expect((await stat(join(copies, name))).mode & 0o777).toBe(0o600);
  expect(JSON.parse(before)[1]).toEqual(
    JSON.parse(await dumpOf(await asDatabase(folder.dir, join(copies, name))))[1],
  );
  // Nothing is missing any more: nothing to copy.
  await (await openStore(folder.dir)).destroy();
  expect(await readdir(copies)).toHaveLength(1);

  for (let n = 1; n <= 4; n++) {
    const path = join(copies, `000${n}_older.db`);
    await writeFile(path, 'copy');
    const madeS = Date.now() / 1000 - n * 86_400;
    await utimes(path, madeS, madeS);
  }
  await writeFile(join(copies, 'x.db.unfinished'), 'half');
  forgetCopies(folder.dir, oldCopies(folder.dir, Date.now()));
  expect((await readdir(copies)).sort()).toEqual(['0001_older.db', '0002_older.db', name]);
  forgetCopies(folder.dir, oldCopies(folder.dir, Date.now() + 29.5 * 86_400_000));
  expect(await readdir(copies)).toEqual([name]);
});

/** A folder beside in which a copy is the database. */
async function asDatabase(dir: string, copy: string): Promise<string> {
  const beside = join(dir, 'copy');
  await mkdir(beside);
  await cp(copy, join(beside, databaseFile));
  return beside;
}

test('a database of a later version is refused by name before anything is written', async () => {
  await using made = await folderAt(undefined);
  await using folder = await folderAt(undefined);
  const later = planted(async () => undefined);
  const store = await openStore(made.dir, later);
  await sql`update releases set version = '7.8.9'`.execute(store);
  // As a server leaves it that was killed: much of it is in the log only.
  for (const name of [databaseFile, `${databaseFile}-wal`])
    await cp(join(made.dir, name), join(folder.dir, name));
  await store.destroy();
  const files = async () =>
    Promise.all(
      [databaseFile, `${databaseFile}-wal`].map((name) => readFile(join(folder.dir, name))),
    );
  const before = await files();
  await expect(openStore(folder.dir)).rejects.toThrow(
    /^the database in \S+ was made by Tatami 7\.8\.9 \(schema 9999_planted\), and this is Tatami [\d.]+, which knows schemas up to \S+: start 7\.8\.9 or later, or restore a backup/,
  );
  expect(await files()).toEqual(before);
  expect(existsSync(join(folder.dir, 'before-upgrade'))).toBe(false);
});

test('what is no database is said to be none', async () => {
  await using folder = await folderAt(undefined);
  await writeFile(join(folder.dir, databaseFile), 'x'.repeat(5000));
  await expect(openStore(folder.dir)).rejects.toThrow(/cannot be read .*: restore a backup/);
});
