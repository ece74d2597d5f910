import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { PrivacyNotice } from '@tatami/protocol';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openRoom } from '../../test/room.ts';
import { eventually, startServer } from '../../test/running-server.ts';
import { verifyChain } from '../chain/evidence-chain.ts';
import { MarkStore } from '../marks/mark-store.ts';
import { RunnerClient } from '../runner/runner-client.ts';
import { databaseFile, type Store } from '../store/database.ts';
import { Erasure } from './erasure.ts';
import { learnerTables, workshopTables } from './learner-tables.ts';
import { Retention } from './retention.ts';

const lab = '/api/labs/01-echo';
const docs = readFileSync(new URL('../../../../docs/privacy.md', import.meta.url), 'utf8');

/** Tables and their columns, without those of the database's own machinery. */
async function schemaOf(store: Store): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ table: string; column: string }>`
    select tables.name as "table", columns.name as "column"
    from sqlite_master tables, pragma_table_info(tables.name) columns
    where tables.type = 'table' and tables.name not like 'sqlite_%'
      and tables.name not like 'kysely_%'
    order by 1, columns.cid`.execute(store);
  const schema = new Map<string, string[]>();
  for (const { table, column } of rows) schema.set(table, [...(schema.get(table) ?? []), column]);
  return schema;
}

async function openPrivacy() {
  const server = await startServer();
  const room = await openRoom(server);
  return {
    ...{ server, room },
    async [Symbol.asyncDispose]() {
      await room[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

type Own = Awaited<ReturnType<typeof openPrivacy>>;

/** A learner with something in every table, whose name and words are found nowhere else. */
async function busyLearner({ server, room }: Own, name: string, number: string) {
  const seat = await room.seat(name, number);
  const { browser, learnerId } = seat;
  await browser.call('POST', `${lab}/machine`);
  const terminal = await browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
  terminal.socket.send(Buffer.from('pass first.one'));
  const passed = async () => (await browser.session()).labs[0]?.passed === 1;
  await eventually('it is saved', passed);
  await room.workshops.end(room.workshop.id);
  const path = `${room.marksPath}/${learnerId}/changes`;
  const change = { itemId: 'two', earned: 5, reason: `because of ${name}` };
  await room.instructor.browser.call('POST', path, change);
  await room.settle();
  await fill(room.store, learnerId, { name, workshopId: room.workshop.id });
  const machines = [...server.runner.machines.keys()];
  return { ...seat, machines };
}

/** Puts a row that says the name into every table about learners that has none of theirs yet. */
async function fill(
  store: Store,
  learnerId: string,
  { name, workshopId }: { name: string; workshopId: string },
) {
  const message = await store
    .insertInto('room_messages')
    .values({
      ...{ workshop_id: workshopId, account_name: 'Aoki', body: JSON.stringify({ text: name }) },
      ...{ at: new Date().toISOString(), to_all: 0 },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const platform = { id: 'platform', name: '', issuer: '', client_id: '', deployments: '[]' };
  const urls = { auth_url: '', token_url: '', keys_url: '', created_at: '' };
  await store
    .insertInto('lti_platforms')
    .values({ ...platform, ...urls })
    .execute();
  const known: Record<string, unknown> = {
    ...{
      learner_id: learnerId,
      workshop_id: workshopId,
      message_id: message.id,
      lab_id: '01-echo',
    },
    ...{ evidence: '{"at":"2026-01-01T00:00:00.000Z","facts":[],"offsets":[]}', closed_at: null },
    platform_id: 'platform',
    // What of the log of acts says who of the staff did what, and when.
    ...{ account_id: 'a0', account_name: 'Aoki', act: 'hint', at: '', ended_at: '' },
  };
  for (const { name: table } of learnerTables) {
    const count = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}
      where learner_id = ${learnerId}`.execute(store);
    if ((count.rows[0]?.n ?? 0) > 0) continue;
    const { rows: columns } = await sql<{ name: string; type: string }>`
      select name, lower(type) as type from pragma_table_info(${table})`.execute(store);
    const values = columns
      .filter(({ name, type }) => !(name === 'id' && type === 'integer'))
      .map(({ name: column, type }) => [
        column,
        column in known ? known[column] : type === 'integer' ? 1 : `${name} ${learnerId} ${column}`,
      ]);
    await sql`insert into ${sql.table(table)} (${sql.join(values.map(([column]) => sql.ref(String(column))))})
      values (${sql.join(values.map(([, value]) => value))})`.execute(store);
  }
}

/** Where in the database one of these texts is said. */
async function saying(store: Store, texts: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const [table, columns] of await schemaOf(store))
    for (const column of columns) {
      const { rows } = await sql<{ text: unknown }>`select ${sql.ref(column)} as text
        from ${sql.table(table)}`.execute(store);
      if (rows.some(({ text }) => texts.some((one) => String(text).includes(one))))
        found.push(`${table}.${column}`);
    }
  return found;
}

/** Which of these texts are somewhere in the files of the database. */
function inFiles({ server }: Own, texts: string[]): string[] {
  const file = join(server.config.TATAMI_DATA_DIR, databaseFile);
  const bytes = [file, `${file}-wal`].map((path) => readFileSync(path));
  return texts.filter((text) => bytes.some((one) => one.includes(text)));
}

describe('what is kept', () => {
  test('is listed in docs/privacy.md, field by field, and nothing else is', async () => {
    await using own = await openPrivacy();
    const [, database = ''] = docs.split(/^## The database$|^## Elsewhere$/m);
    const listed = database
      .split('\n### ')
      .slice(1)
      .map((section) => [
        /^`(\w+)`/.exec(section)?.[1],
        [...section.matchAll(/^\| `(\w+)` /gm)].map(([, column]) => column),
      ]);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(await schemaOf(own.room.store)));
  });

  test('is in no cookie and no key that docs/privacy.md does not list', () => {
    const [, elsewhere = ''] = docs.split(/^## Elsewhere$/m);
    const src = new URL('../', import.meta.url).pathname;
    const code = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => readFileSync(join(src, path), 'utf8'))
      .join();
    const named = code.matchAll(/name = '(tatami_\w+)'|cookie = '(tatami_\w+)'|'(\w+\.key)'/gi);
    const names = [...new Set([...named].flatMap((found) => found.slice(1)))].filter(Boolean);
    expect(names.length).toBeGreaterThanOrEqual(8);
    expect(names.filter((name) => !elsewhere.includes(`\`${name}\``))).toEqual([]);
  });

  test('of a learner or a workshop is known to whatever deletes it', async () => {
    await using own = await openPrivacy();
    const having = async (wanted: string) =>
      [...(await schemaOf(own.room.store))]
        .filter(([, columns]) => columns.includes(wanted))
        .map(([table]) => table)
        .sort();
    expect(learnerTables.map(({ name }) => name).sort()).toEqual(await having('learner_id'));
    expect([...workshopTables].sort()).toEqual(await having('workshop_id'));
  });

  test('is said to the learner with the terms of their workshop', async () => {
    await using own = await openPrivacy();
    const { browser } = await own.room.seat('青木', '2301');
    const notice = PrivacyNotice.parse((await browser.call('GET', '/api/privacy')).body);
    expect(notice).toEqual({
      retention: { recordingsDays: 30, marksDays: 365 },
      workshop: { title: 'Namespaces, spring' },
    });
    const alone = await own.server.browser();
    expect((await alone.call('GET', '/api/privacy')).body.workshop).toBeNull();
  });
});

describe('a learner who deletes their data', () => {
  test('is nowhere any more; others are untouched, and the chain and the marks still verify', async () => {
    await using own = await openPrivacy();
    const { server, room } = own;
    const stays = await room.seat('馬場 残', '2302');
    const goes = await busyLearner(own, '青木 消', '2301-gone');
    const { store } = room;
    const texts = [goes.learnerId, '青木 消', '2301-gone'];
    expect((await saying(store, texts)).length).toBeGreaterThan(30);
    expect(goes.machines).toHaveLength(1);

    expect((await goes.browser.call('POST', '/api/privacy/erasure', {})).status).toBe(400);
    const answer = await goes.browser.call('POST', '/api/privacy/erasure', { confirm: 'erase' });
    expect(answer.status).toBe(204);
    expect(await saying(store, texts)).toEqual([]);
    expect(server.runner.machines.size).toBe(0);
    expect(server.runner.recordings()).toEqual([]);
    expect((await goes.browser.call('GET', `${lab}/attempt`)).status).toBe(401);
    expect((await stays.browser.call('GET', `${lab}/attempt`)).status).toBe(200);

    expect(await verifyChain(store)).toBeNull();
    expect(await new MarkStore(store).faulty(room.workshop.id)).toEqual([]);
    const { rows } = await sql<{ n: number }>`select count(*) as n from mark_changes
      where learner_id is null and personal is null`.execute(store);
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('is in no byte of the database either', async () => {
    await using own = await openPrivacy();
    const { browser, learnerId } = await busyLearner(own, '青木 消', '2301-gone');
    const texts = ['青木 消', '2301-gone', learnerId];
    expect(inFiles(own, texts)).toEqual(texts);
    const answer = await browser.call('POST', '/api/privacy/erasure', { confirm: 'erase' });
    expect(answer.status).toBe(204);
    expect(inFiles(own, texts)).toEqual([]);
  });

  test('is gone even while the runner is away, which does its part later', async () => {
    await using own = await openPrivacy();
    const { server, room } = own;
    const { browser, learnerId } = await busyLearner(own, '青木 消', '2301-gone');
    server.runner.state.refusal = 'runner.unreachable';
    const answer = await browser.call('POST', '/api/privacy/erasure', { confirm: 'erase' });
    expect(answer.status).toBe(204);
    expect(await saying(room.store, [learnerId, '青木 消'])).toEqual([]);
    expect(server.runner.machines.size).toBe(1);
    server.runner.state.refusal = undefined;
    await retentionOf(own).run();
    expect(server.runner.machines.size).toBe(0);
    expect(await saying(room.store, ['1970-01-01'])).toEqual([]);
  });
});

describe('a learner who takes their data along', () => {
  test('gets all of it in one file, and no answers that were drawn', async () => {
    await using own = await openPrivacy();
    const { server, room } = own;
    const { browser, learnerId } = await busyLearner(own, '青木 全', '2301');
    await browser.call('DELETE', `${lab}/machine`);
    const response = await fetch(`${server.url}/api/privacy/data`, {
      headers: { cookie: browser.cookie },
    });
    expect(response.headers.get('content-type')).toBe('application/zip');
    const files = unzipped(Buffer.from(await response.arrayBuffer()));
    const [cast = ''] = [...files.keys()].filter((name) => name.endsWith('.cast'));
    expect(cast).toMatch(/^recordings\/01-echo\/[0-9a-f]{12}-1\.cast$/);
    expect(files.get(cast)).toContain('pass first.one');
    const data = JSON.parse(files.get('data.json') ?? '');
    for (const { name } of learnerTables) expect(data[name], name).not.toEqual([]);
    expect(data.seats[0]).toMatchObject({ name: '青木 全', number: '2301' });
    expect(data.passed[0].evidence.offsets[0].terminal).toBe('1');
    const { seed } = await room.store
      .selectFrom('attempts')
      .select('seed')
      .where('learner_id', '=', learnerId)
      .executeTakeFirstOrThrow();
    expect(files.get('data.json')).not.toContain(seed);
  });
});

describe('what is kept too long', () => {
  const day = 86_400_000;

  test('goes when its time is over, a day after that was seen', async () => {
    await using own = await openPrivacy();
    const { server, room } = own;
    const goes = await busyLearner(own, '青木 消', '2301');
    const stays = await server.browser();
    await goes.browser.call('DELETE', `${lab}/machine`);
    expect(server.runner.recordings()).toHaveLength(1);
    const retention = retentionOf(own);
    const at = (days: number) => retention.run(Date.now() + days * day);

    await at(29);
    await at(30.5);
    expect(server.runner.recordings()).toHaveLength(1);
    await at(32);
    expect(server.runner.recordings()).toEqual([]);
    expect((await stays.session()).resumeCode).toBe((await stays.session()).resumeCode);

    await at(364);
    await at(365.5);
    expect((await saying(room.store, [goes.learnerId])).length).toBeGreaterThan(10);
    const code = (await stays.session()).resumeCode;
    await room.store
      .updateTable('learners')
      .set({ seen_at: inDays(300) })
      .where('resume_code', '=', code)
      .execute();
    await at(367);
    expect(await saying(room.store, [goes.learnerId, '青木 消', room.workshop.id])).toEqual([]);
    expect(await verifyChain(room.store)).toBeNull();
    expect((await stays.session()).resumeCode).toBe(code);
    await at(666);
    await at(667.5);
    expect((await stays.session()).resumeCode).not.toBe(code);
  });

  test('stays when a clock was ahead for a while', async () => {
    await using own = await openPrivacy();
    const { learnerId } = await busyLearner(own, '青木 残', '2301');
    const retention = retentionOf(own);
    const at = (days: number) => retention.run(Date.now() + days * day);
    const { workshops, workshop, instructor, store } = own.room;
    const { id, joinCode, state, openedAt, endedAt, createdAt, ...plan } = workshop;
    const empty = await workshops.create({ ...plan, seats: 1 }, instructor);
    const copy = join(own.server.config.TATAMI_DATA_DIR, 'before-upgrade', '0001.copy.db');
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, 'copy');
    for (const days of [3650, 3650.5, 0, 3650, 3650.9, 1]) await at(days);
    expect(await workshops.byId(empty.id)).toMatchObject({ id: empty.id });
    expect(existsSync(copy)).toBe(true);
    expect((await saying(own.room.store, [learnerId])).length).toBeGreaterThan(10);
    expect(own.server.runner.machines.size).toBe(1);
    expect(await saying(store, [inDays(3650).slice(0, 7)])).toEqual([]);
    for (const days of [400, 401.5]) await at(days);
    expect(await workshops.byId(empty.id)).toBeUndefined();
    expect(existsSync(copy)).toBe(false);
    await at(402);
    expect(await saying(store, [empty.id, '0001.copy.db'])).toEqual([]);
  });

  const inDays = (days: number) => new Date(Date.now() + days * day).toISOString().slice(0, 10);
});

/** The job, by the clock that it is told. */
function retentionOf({ server, room }: Own): Retention {
  const { store, workshops } = room;
  const warn = (message: string, error: unknown) => {
    throw new Error(message, { cause: error });
  };
  const runner = new RunnerClient(server.config.TATAMI_RUNNER_SOCKET);
  // Machines are followed by the server that runs.
  const attempts = { letGo: (_: string, task: () => Promise<void>) => task() };
  return new Retention({
    dataDir: server.config.TATAMI_DATA_DIR,
    store,
    warn,
    erasure: new Erasure({ store, runner, attempts, workshops, warn }),
  });
}

/** The files in a zip, by the directory at its end (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT). */
function unzipped(zip: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  let at = zip.readUInt32LE(end + 16);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [packed, nameLength] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(begin, begin + packed);
    files.set(name, (zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(bytes) : bytes).toString());
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}
