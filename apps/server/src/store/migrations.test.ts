import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, Migrator, type SqliteDatabase, SqliteDialect, sql } from 'kysely';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { AttemptStore } from '../attempts/attempt-store.ts';
import { openStore } from './database.ts';
import { migrations } from './migrations.ts';

test('attempts from before there were seeds keep their standing, get one each, and have opened their step', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-store-'));
  try {
    const database = new Database(join(dir, 'tatami.db')) as unknown as SqliteDatabase;
    const old = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
    const provider = { getMigrations: async () => migrations };
    await new Migrator({ db: old, provider }).migrateTo('0001_learners_attempts_passed');
    const insert = (text: string) => sql.raw(text).execute(old);
    await insert(
      "insert into learners values ('one', 'CODE-1', 'then'), ('two', 'CODE-2', 'then')",
    );
    for (const learner of ['one', 'two'])
      await insert(
        `insert into attempts values ('${learner}', 'lab', 'step', null, 3, null, null, null, '[]')`,
      );
    await old.destroy();

    const store = await openStore(dir);
    const attempts = new AttemptStore(store);
    const records = await Promise.all(
      ['one', 'two'].map((learnerId) => attempts.find({ learnerId, labId: 'lab' })),
    );
    expect(records).toMatchObject([
      { stepId: 'step', generation: 3, seed: expect.stringMatching(/^[0-9a-f]{32}$/) },
      { stepId: 'step', generation: 3, seed: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ]);
    expect(records[0]?.seed).not.toBe(records[1]?.seed);
    for (const record of records)
      expect(record && (await attempts.opened(record))).toEqual(['step']);
    await store.destroy();
  } finally {
    await rm(dir, { recursive: true });
  }
});
