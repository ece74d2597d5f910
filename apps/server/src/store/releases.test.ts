import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { Held } from '../../test/make-database.ts';
import { openBrowser } from '../../test/running-server.ts';
import { startServerProcess } from '../../test/server-process.ts';
import { StaffSessions } from '../accounts/staff-sessions.ts';
import { verifyChain } from '../chain/evidence-chain.ts';
import { databaseFile, openStore } from './database.ts';

const folder = join(import.meta.dirname, '../../test/databases');
const releases = await readdir(folder);
const lab = '/api/labs/01-echo';

/** A data folder as that release left it. */
async function leftBy(release: string) {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-left-'));
  const dataDir = join(dir, 'server');
  await mkdir(dataDir, { mode: 0o700 });
  const held = Held.parse(JSON.parse(await readFile(join(folder, release, 'held.json'), 'utf8')));
  await writeFile(join(dataDir, 'cookie.key'), held.cookieKey, { mode: 0o600 });
  const database = new Database(join(dataDir, databaseFile));
  database.exec(await readFile(join(folder, release, 'database.sql'), 'utf8'));
  database.close();
  return { dataDir, held, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

test('there are databases of releases', () => {
  expect(releases.length).toBeGreaterThan(1);
});

test.each(releases)(
  'what people have reached and hold since %s is good today',
  { timeout: 120_000 },
  async (release) => {
    await using left = await leftBy(release);
    const { learner, workshop } = left.held;
    await using server = await startServerProcess({ TATAMI_DATA_DIR: left.dataDir });
    const browser = await openBrowser(server.url, learner.cookie);
    const { resumeCode, labs } = await browser.session();
    expect([resumeCode, labs[0]?.passed]).toEqual([learner.resumeCode, 1]);
    const attempt = (await browser.call('GET', `${lab}/attempt`)).body;
    expect(attempt).toMatchObject({
      stepId: '01-second',
      passed: [{ checkId: 'first.one' }],
      answers: [{ checkId: 'second.cause', answer: learner.answer, tries: 1 }],
    });
    expect((await browser.call('GET', `${lab}/marks`)).body.mark.earned).toBeGreaterThan(0);
    expect((await browser.call('POST', `${lab}/machine`)).status).toBe(200);
    const elsewhere = await openBrowser(server.url);
    const resumed = await elsewhere.call('POST', '/api/session/resume', { code: resumeCode });
    expect(resumed.status).toBe(200);

    const store = await openStore(left.dataDir);
    if (workshop) {
      // Sessions of the staff last for a month; the account is what stays.
      const token = await new StaffSessions(store).start(workshop.instructor, 'a test');
      const staff = await openBrowser(server.url, `tatami_staff=${token}`);
      const marks = (await staff.call('GET', workshop.marksPath)).body;
      expect(marks).toMatchObject({
        intact: true,
        learners: [{ mark: { earned: workshop.earned } }],
      });
    }
    expect(await verifyChain(store)).toBeNull();
    await store.destroy();
    expect(await readdir(join(left.dataDir, 'before-upgrade'))).toHaveLength(1);
  },
);
