import { randomBytes } from 'node:crypto';
import { loadLabs } from '@tatami/lab-format/loader';
import { type Evidence, type Role, WorkshopPlan } from '@tatami/protocol';
import { StaffSessions } from '../src/accounts/staff-sessions.ts';
import type { ServerConfig } from '../src/config.ts';
import { Labs } from '../src/labs/labs.ts';
import { MarkStore } from '../src/marks/mark-store.ts';
import { Marks } from '../src/marks/marks.ts';
import { flightMs, Settling } from '../src/marks/settling.ts';
import { WorkStore } from '../src/marks/work-store.ts';
import { openStore, type Store } from '../src/store/database.ts';
import { Workshops } from '../src/workshops/workshops.ts';
import { openBrowser } from './running-server.ts';

/** A server in this process or another. */
interface Server {
  url: string;
  config: ServerConfig;
}
export type Browser = Awaited<ReturnType<typeof openBrowser>>;

/** A browser of a new account of the staff. */
export async function staffBrowser(server: Server, store: Store, role: Role, name: string) {
  const id = randomBytes(8).toString('hex');
  await store
    .insertInto('accounts')
    .values({
      ...{ id, name, name_key: name.toLowerCase(), role, password_hash: 'none' },
      created_at: new Date().toISOString(),
    })
    .execute();
  const token = await new StaffSessions(store).start(id, 'a test');
  return { id, role, browser: await openBrowser(server.url, `tatami_staff=${token}`) };
}

/** A workshop of the echo lab that is open now, with an instructor; close it with `closeAt`. */
export async function openRoom(server: Server, plan: Partial<WorkshopPlan> = {}) {
  const store = await openStore(server.config.TATAMI_DATA_DIR);
  const workshops = new Workshops(store);
  const instructor = await staffBrowser(server, store, 'instructor', 'Aoki');
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
  const workshop = await workshops.create(
    WorkshopPlan.parse({
      ...{ title: 'Namespaces, spring', labId: '01-echo', language: 'ja', seats: 40 },
      ...{ opensAt: ago(3600_000), closesAt: ago(-3600_000), joining: 'name-number' },
      allowed: { hints: true, solve: true, skip: true },
      ...{ weights: null, recordingsDays: 30, marksDays: 365, ...plan },
    }),
    instructor,
  );
  return {
    ...{ store, workshops, workshop, instructor },
    marksPath: `/api/workshops/${workshop.id}/marks`,
    /** Has marks fixed as if the time for late evidence were over, by a clock of the test's. */
    async settle(nowMs = Date.now() + flightMs, now = () => new Date()) {
      const marks = new MarkStore(store);
      const labs = new Labs(await loadLabs(server.config.TATAMI_LABS_DIR));
      const rooms = new Workshops(store, now);
      const parts = { marks, work: new WorkStore(store), labs, workshops: rooms, now };
      const warn = (message: string, error: unknown) => {
        throw new Error(message, { cause: error });
      };
      await new Settling({ store: marks, marks: new Marks(parts), warn }).run(nowMs);
    },
    /** A browser that sits in the workshop. */
    async seat(name: string, number: string | null, joined = true) {
      const browser = await openBrowser(server.url);
      const { resumeCode } = await browser.session();
      const { id: learnerId } = await store
        .selectFrom('learners')
        .select('id')
        .where('resume_code', '=', resumeCode)
        .executeTakeFirstOrThrow();
      const at = new Date().toISOString();
      await store
        .insertInto('seats')
        .values({
          ...{ learner_id: learnerId, workshop_id: workshop.id, name, name_key: name, number },
          ...{ language: 'ja', pin: null, created_at: at, joined_at: joined ? at : null },
          removed_at: null,
        })
        .execute();
      return { browser, learnerId, name };
    },
    /** Has the kernel say that a check passed then. */
    async pass(learnerId: string, checkId: string, at: string, facts: Evidence['facts'] = []) {
      const evidence: Evidence = { at, facts, offsets: [] };
      await store
        .insertInto('passed')
        .values({
          ...{ learner_id: learnerId, lab_id: '01-echo', check_id: checkId },
          evidence: JSON.stringify(evidence),
        })
        .execute();
    },
    async [Symbol.asyncDispose]() {
      await store.destroy();
    },
  };
}
