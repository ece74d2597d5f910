import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trouble } from '@tatami/protocol';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openStore, type Store } from '../store/database.ts';
import { Spells } from './spells.ts';

const ann = 'a'.repeat(32);
const bob = 'b'.repeat(32);
const second = 1_000;
const trouble = (reason: string, more: Partial<Trouble> = {}): Trouble => ({
  ...{ checkId: 'one', status: 'not-yet', since: 0 },
  ...{ reason: { key: `reason.${reason}`, params: {} }, ...more },
});

async function addLearner(store: Store, id: string): Promise<void> {
  const row = { id, resume_code: id, created_at: new Date(0).toISOString() };
  await store.insertInto('learners').values(row).execute();
}

async function setUp() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-spells-'));
  const store = await openStore(dir);
  const at = new Date(0).toISOString();
  await addLearner(store, ann);
  await store
    .insertInto('workshops')
    .values({
      ...{
        id: 'w',
        title: 'Friday',
        lab_id: 'lab',
        language: 'en',
        seats: 1,
        join_code: 'AAA-AAA',
      },
      ...{ opens_at: at, closes_at: at, opened_at: null, ended_at: null, allowed: '{}' },
      ...{ joining: 'name', weights: null, recordings_days: 1, marks_days: 1, created_at: at },
    })
    .execute();
  return {
    store,
    spells: new Spells(store, 'w'),
    async [Symbol.asyncDispose]() {
      await store.destroy();
      await rm(dir, { recursive: true });
    },
  };
}

const rows = async (store: Store) =>
  (await store.selectFrom('troubles').selectAll().orderBy('id').execute()).map((row) => [
    row.reason,
    Date.parse(row.began_at) / second,
    row.ended_at && Date.parse(row.ended_at) / second,
  ]);

test('each reason is kept with its time, a slip is not, and what goes on is kept meanwhile', async () => {
  await using opened = await setUp();
  const { store, spells } = opened;
  spells.note(ann, trouble('outside'), 0);
  // The same reason with other words is the same.
  spells.note(
    ann,
    trouble('outside', { reason: { key: 'reason.outside', params: { pid: 7 } } }),
    5 * second,
  );
  await spells.flush(9 * second);
  expect(await rows(store)).toEqual([]);
  await spells.flush(10 * second);
  expect(await rows(store)).toEqual([['reason.outside', 0, null]]);
  spells.note(ann, trouble('exit-code'), 20 * second);
  spells.note(ann, trouble('ended'), 25 * second);
  spells.note(ann, null, 60 * second);
  await spells.flush(60 * second);
  expect(await rows(store)).toEqual([
    ['reason.outside', 0, 20],
    ['reason.ended', 25, 60],
  ]);
});

test('what nobody could look at is nobody’s time, and a clock that goes back takes none', async () => {
  await using opened = await setUp();
  const { store, spells } = opened;
  spells.note(ann, trouble('observer-down', { status: 'unavailable' }), 0);
  spells.note(ann, trouble('outside'), 100 * second);
  await spells.flush(120 * second);
  spells.endAll(50 * second);
  await spells.flush(50 * second);
  expect(await rows(store)).toEqual([['reason.outside', 100, 100]]);
});

test('what a server leaves goes on in the same row with the next, and of two one', async () => {
  await using opened = await setUp();
  const { store, spells } = opened;
  spells.note(ann, trouble('outside'), 0);
  await spells.flush(20 * second);
  const next = new Spells(store, 'w');
  const stood = { checkId: 'one', reason: 'reason.outside', since: 0 };
  expect(await next.resume()).toEqual(new Map([[ann, stood]]));
  next.note(
    ann,
    trouble('outside', { reason: { key: 'reason.outside', params: {} } }),
    60 * second,
  );
  next.note(ann, trouble('ended'), 90 * second);
  await next.flush(120 * second);
  expect(await rows(store)).toEqual([
    ['reason.outside', 0, 90],
    ['reason.ended', 90, null],
  ]);
  // A server that was killed before it wrote the end of an earlier one.
  await store.updateTable('troubles').set({ ended_at: null }).execute();
  const last = new Spells(store, 'w');
  expect((await last.resume()).get(ann)?.reason).toBe('reason.ended');
  last.note(ann, null, 150 * second);
  await last.flush(150 * second);
  expect((await rows(store)).map(([, , ended]) => ended)).toEqual([90, 150]);
});

test('who is erased while stuck costs nobody else a spell', async () => {
  await using opened = await setUp();
  const { store, spells } = opened;
  await addLearner(store, bob);
  for (const id of [bob, ann]) spells.note(id, trouble('outside'), 0);
  await store.deleteFrom('learners').where('id', '=', bob).execute();
  await spells.flush(20 * second);
  expect(await rows(store)).toEqual([['reason.outside', 0, null]]);
  spells.note(bob, null, 30 * second);
  spells.note(ann, null, 30 * second);
  await spells.flush(40 * second);
  expect(await rows(store)).toEqual([['reason.outside', 0, 30]]);
});

test('what could not be written is written the next time, and nobody gets another one’s row', async () => {
  await using opened = await setUp();
  const { store, spells } = opened;
  await addLearner(store, bob);
  spells.note(ann, trouble('outside'), 0);
  spells.note(bob, trouble('ended'), 0);
  const full = sql`create trigger full before insert on troubles when new.reason = 'reason.ended'
    begin select raise(abort, 'full'); end`;
  await full.execute(store);
  await expect(spells.flush(20 * second)).rejects.toThrow('full');
  await sql`drop trigger full`.execute(store);
  spells.note(ann, null, 30 * second);
  await spells.flush(40 * second);
  spells.note(bob, null, 50 * second);
  await spells.flush(60 * second);
  expect((await rows(store)).sort()).toEqual([
    ['reason.ended', 0, 50],
    ['reason.outside', 0, 30],
  ]);
});
