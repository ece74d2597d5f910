// Keeps what this checkout's code leaves on the disk, for upgrade.test.ts of later ones: a database as SQL text, and what
// people hold that has to go on being good. It is run once for every release (docs/operations.md):
//   npx tsx apps/server/test/make-database.ts apps/server/test/databases/VERSION
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { z } from 'zod';
import { openRoom } from './room.ts';
import { eventually, startServer } from './running-server.ts';

const lab = '/api/labs/01-echo';

/** What of a release's people has to be found again. */
export const Held = z.strictObject({
  cookieKey: z.string(),
  learner: z.strictObject({ cookie: z.string(), resumeCode: z.string(), answer: z.unknown() }),
  /** Null of releases that had no workshops. */
  workshop: z
    .strictObject({ instructor: z.string(), marksPath: z.string(), earned: z.number() })
    .nullable(),
});
export type Held = z.infer<typeof Held>;

/** Writes `database.sql` and `held.json` into a folder. */
async function makeDatabase(into: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-release-'));
  const dataDir = join(dir, 'server');
  const held = await playRelease(dataDir);
  await mkdir(into, { recursive: true });
  await writeFile(join(into, 'database.sql'), dump(join(dataDir, 'tatami.db')));
  await writeFile(join(into, 'held.json'), `${JSON.stringify(held, null, 2)}\n`);
  await rm(dir, { recursive: true });
}

async function playRelease(dataDir: string): Promise<Held> {
  await using server = await startServer({ TATAMI_DATA_DIR: dataDir });
  const browser = await server.browser();
  await browser.call('POST', `${lab}/machine`);
  const terminal = await browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
  terminal.socket.send(Buffer.from('pass first.one'));
  await eventually('it has passed', async () => (await browser.session()).labs[0]?.passed === 1);
  await browser.call('PUT', `${lab}/step`, { stepId: '01-second' });
  const answer = { cause: 'frozen', value: 'not quite' };
  await browser.call('PUT', `${lab}/answers/second.cause`, answer);
  const { resumeCode } = await browser.session();
  return {
    cookieKey: await readFile(join(dataDir, 'cookie.key'), 'utf8'),
    learner: { cookie: browser.cookie, resumeCode, answer },
    workshop: await playWorkshop(server),
  };
}

/** A workshop that has ended, with a mark that was fixed and changed. */
async function playWorkshop(
  server: Awaited<ReturnType<typeof startServer>>,
): Promise<Held['workshop']> {
  await using room = await openRoom(server);
  const { learnerId } = await room.seat('青木', '2301');
  await room.pass(learnerId, 'first.one', new Date().toISOString());
  await room.workshops.end(room.workshop.id);
  await room.settle();
  const { marksPath } = room;
  const { browser: staff } = room.instructor;
  const change = { itemId: 'two', earned: 5, reason: 'seen in the room' };
  await staff.call('POST', `${marksPath}/${learnerId}/changes`, change);
  const { learners } = (await staff.call('GET', marksPath)).body;
  return { instructor: room.instructor.id, marksPath, earned: learners[0].mark.earned };
}

/** A database as SQL statements that make it anew. */
function dump(path: string): string {
  const database = new Database(path);
  const all = (text: string) => database.prepare(text).all() as Record<string, unknown>[];
  const made = all(
    "select type, name, sql from sqlite_master where name not like 'sqlite_%' order by rowid",
  );
  const lines = made.map(({ sql }) => `${sql};`);
  for (const { name } of made.filter(({ type }) => type === 'table'))
    for (const row of all(`select * from "${name}"`))
      lines.push(`insert into "${name}" values (${Object.values(row).map(literal).join(', ')});`);
  database.close();
  return `${lines.join('\n')}\n`;
}

function literal(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  throw new TypeError(`no literal for ${typeof value}`);
}

const [into] = process.argv.slice(2);
if (process.argv[1]?.endsWith('make-database.ts') && into) await makeDatabase(into);
