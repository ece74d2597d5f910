import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { startPlatform } from '../../test/lti-platform.ts';
import { openStore } from '../store/database.ts';
import { GradeBook, scoresUrl } from './grade-book.ts';
import { Passback } from './passback.ts';
import { Platforms } from './platforms.ts';
import { ScoreStore } from './score-store.ts';
import { toolKey } from './tool-key.ts';

// Beside other tests.
vi.setConfig({ testTimeout: 60_000 });

/** Grades of two students on their way to a platform, with clocks that a test turns. */
async function road() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-lti-'));
  const platform = await startPlatform();
  const key = await toolKey(dir);
  const keys = createServer((_, answer) => answer.end(JSON.stringify({ keys: [key.jwk] })));
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
  platform.state.toolKeysUrl = `http://127.0.0.1:${(keys.address() as { port: number }).port}/`;
  let store = await openStore(dir);
  const registered = await new Platforms(store).add(platform.registration);
  const points = new Map<string, number>();
  const clock = { now: Date.now(), monotonicMs: 0 };
  const warnings: unknown[] = [];

  /** A process, until it is closed or forgotten. */
  const start = () =>
    new Passback({
      ...{ platforms: new Platforms(store), scores: new ScoreStore(store) },
      gradeBook: new GradeBook(key),
      pointsOf: async (learnerId) => ({ earned: points.get(learnerId) ?? 0, possible: 100 }),
      warn: (_, error) => void warnings.push(error),
      ...{ now: () => clock.now, monotonicMs: () => clock.monotonicMs },
    });
  let passback = start();
  const road = {
    ...{ platform, points, clock, warnings },
    passback: () => passback,
    scores: () => new ScoreStore(store),
    /** Points of one student change; what is stored about them too, which is what is looked at. */
    async earn(student: string, earned: number) {
      points.set(student, earned);
      const evidence = JSON.stringify({ at: new Date().toISOString(), facts: [], offsets: [] });
      await store
        .insertInto('passed')
        .values({ learner_id: student, lab_id: 'lab', check_id: `check-${earned}`, evidence })
        .execute();
    },
    /** Some time goes by, and what is due is told. */
    async later(ms: number) {
      clock.now += ms;
      clock.monotonicMs += ms;
      await passback.round();
      await passback.idle();
    },
    grade: (student: string) => platform.grades.get(student)?.points,
    cells: () => store.selectFrom('lti_scores').selectAll().orderBy('learner_id').execute(),
    /** The process was killed and another is started. */
    async restart() {
      await passback.close();
      await store.destroy();
      store = await openStore(dir);
      passback = start();
    },
    async comes(student: string, from = { id: registered.id, lineItem: platform.lineItem }) {
      await new ScoreStore(store).note({
        ...{ platformId: from.id, lineItem: from.lineItem },
        ...{ learnerId: student, labId: 'lab', subject: student },
      });
    },
    /** Another platform, from which these students come too. */
    async alsoFrom({ url }: { url: string }, ...students: string[]) {
      const addresses = { issuer: url, authUrl: url, tokenUrl: url, keysUrl: url };
      const { id } = await new Platforms(store).add({ ...platform.registration, ...addresses });
      for (const student of students) await road.comes(student, { id, lineItem: url });
    },
    async isErased(student: string) {
      await store.deleteFrom('lti_scores').where('learner_id', '=', student).execute();
    },
    async [Symbol.asyncDispose]() {
      await passback.close();
      await store.destroy();
      keys.close();
      await platform[Symbol.asyncDispose]();
      await rm(dir, { recursive: true });
    },
  };
  for (const student of ['student-1', 'student-2']) {
    await store
      .insertInto('learners')
      .values({ id: student, resume_code: student, created_at: 'then' })
      .execute();
    await road.comes(student);
  }
  return road;
}

/** A platform that answers nothing until it is let. */
async function hangingPlatform() {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let asked = 0;
  const told: unknown[] = [];
  const server = createServer(async (request, answer) => {
    asked += 1;
    const body = await text(request);
    if (body.startsWith('{')) told.push((JSON.parse(body) as { userId: string }).userId);
    await released;
    answer.end(JSON.stringify({ access_token: 'token-1' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`,
    ...{ told, release },
    isAsked: () => vi.waitFor(() => expect(asked).toBe(1), { timeout: 10_000 }),
    async [Symbol.asyncDispose]() {
      release();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('points arrive as they are earned, each in a later second, and a cell stays empty until then', async () => {
  await using on = await road();
  await on.later(10);
  expect(on.platform.log).toEqual([]);
  await on.earn('student-1', 10);
  await on.later(10);
  expect(on.grade('student-1')).toBe(10);
  expect(on.platform.grades.get('student-1')?.activity).toBe('InProgress');
  // Within the same second.
  await on.earn('student-1', 15);
  await on.later(10);
  expect(on.grade('student-1')).toBe(15);
  await on.earn('student-1', 100);
  await on.later(10);
  expect(on.platform.grades.get('student-1')).toMatchObject({ points: 100, activity: 'Completed' });
  const told = on.platform.log.length;
  await on.later(60_000);
  expect(on.platform.log).toHaveLength(told);
  expect(on.platform.log.every(({ status }) => status === 200)).toBe(true);
  expect(on.grade('student-2')).toBeUndefined();
});

test('a platform that is down is asked less and less often, and told the newest points when it is back', async () => {
  await using on = await road();
  on.platform.state.down = 503;
  await on.earn('student-1', 10);
  await on.earn('student-2', 20);
  for (let second = 0; second < 120; second++) await on.later(1000);
  // At 0, 5, 15, 35 and 75 seconds, one request each time: the others wait with the first.
  expect(on.platform.log.length).toBeLessThanOrEqual(6);
  await on.earn('student-1', 40);
  on.platform.state.down = null;
  await on.later(60 * 60_000);
  await on.later(60 * 60_000);
  expect([on.grade('student-1'), on.grade('student-2')]).toEqual([40, 20]);
  expect((await on.cells()).map(({ state, trouble }) => [state, trouble])).toEqual([
    ['sent', null],
    ['sent', null],
  ]);
});

test('what waits survives the end of the process, and so do timestamps when the clock goes back', async () => {
  await using on = await road();
  await on.earn('student-1', 10);
  await on.later(10);
  on.platform.state.down = 500;
  await on.earn('student-1', 20);
  await on.later(1000);
  expect((await on.cells())[0]).toMatchObject({ state: 'waiting', tries: 1, trouble: '500' });
  on.clock.now -= 24 * 60 * 60_000;
  await on.restart();
  on.platform.state.down = null;
  await on.later(10);
  expect(on.grade('student-1')).toBe(20);
  expect(on.platform.log.some(({ status }) => status === 409)).toBe(false);
});

test('an answer that was lost is made up for by telling again', async () => {
  await using on = await road();
  on.platform.state.cut = 1;
  await on.earn('student-1', 10);
  await on.later(10);
  expect(on.grade('student-1')).toBe(10);
  expect((await on.cells())[0]?.state).toBe('waiting');
  await on.later(5_000);
  expect((await on.cells())[0]?.state).toBe('sent');
  expect(on.platform.log.at(-1)?.status).toBe(200);
});

test('a grade from elsewhere with a later timestamp (409) is caught up with, by the platform’s own clock', async () => {
  await using on = await road();
  on.platform.state.aheadMs = 3_600_000;
  const atS = Math.floor((on.clock.now + 3_600_000) / 1000);
  on.platform.grades.set('student-1', { points: 1, maximum: 100, atS, activity: 'Completed' });
  await on.earn('student-1', 30);
  await on.later(10);
  expect(on.platform.log.at(-1)?.status).toBe(409);
  for (let n = 0; n < 5 && on.grade('student-1') !== 30; n++) await on.later(60_000);
  expect(on.grade('student-1')).toBe(30);
});

test('a token that was taken back is replaced at once', async () => {
  await using on = await road();
  await on.earn('student-1', 10);
  await on.later(10);
  on.platform.tokens.clear();
  await on.earn('student-1', 20);
  await on.later(2000);
  expect(on.grade('student-1')).toBe(20);
});

test('a platform that says no is left alone in the end, and asked again when the student comes again', async () => {
  await using on = await road();
  on.platform.state.gradable.delete('student-1');
  await on.earn('student-1', 10);
  await on.earn('student-2', 20);
  for (let n = 0; n < 10; n++) await on.later(60 * 60_000);
  expect((await on.cells())[0]).toMatchObject({ state: 'refused', trouble: '400', tries: 6 });
  // One person's refusal is nothing to the others.
  expect(on.grade('student-2')).toBe(20);
  const asked = on.platform.log.length;
  await on.later(60 * 60_000);
  expect(on.platform.log).toHaveLength(asked);
  on.platform.state.gradable.add('student-1');
  await on.comes('student-1');
  await on.later(1000);
  expect(on.grade('student-1')).toBe(10);
  expect(on.warnings).toEqual([]);
});

test('what a platform refuses is given up after six refusals in a row, whatever went wrong before', async () => {
  await using on = await road();
  const hour = 60 * 60_000;
  on.platform.state.down = 503;
  await on.earn('student-1', 10);
  for (let n = 0; n < 8; n++) await on.later(hour);
  expect((await on.cells())[0]).toMatchObject({ state: 'waiting', tries: 8 });
  on.platform.state.gradable.delete('student-1');
  on.platform.state.down = null;
  for (let n = 0; n < 5; n++) await on.later(hour);
  expect((await on.cells())[0]).toMatchObject({ state: 'waiting', trouble: '400' });
  on.platform.state.down = 503;
  await on.later(hour);
  on.platform.state.down = null;
  for (let n = 0; n < 5; n++) await on.later(hour);
  expect((await on.cells())[0]).toMatchObject({ state: 'waiting', trouble: '400' });
  await on.later(hour);
  expect((await on.cells())[0]).toMatchObject({ state: 'refused', trouble: '400' });
  // New points begin anew.
  await on.earn('student-1', 20);
  await on.later(hour);
  expect((await on.cells())[0]).toMatchObject({ state: 'waiting', tries: 1 });
  on.platform.state.gradable.add('student-1');
  await on.later(hour);
  expect(on.grade('student-1')).toBe(20);
});

test('a refusal of points that are no longer wanted gives nothing up', async () => {
  await using on = await road();
  const [{ cell } = expect.fail()] = await on.scores().fingerprints();
  await on.scores().want(cell, { given: 10, maximum: 100 });
  const [told = expect.fail()] = await on.scores().waiting();
  await on.scores().want(cell, { given: 20, maximum: 100 });
  await on.scores().failed(told, { state: 'refused', tries: 6, trouble: '400' });
  expect((await on.cells())[0]).toMatchObject({ state: 'waiting', given: 20, tries: 0 });
});

test('a platform that hangs keeps no other waiting', async () => {
  await using slow = await hangingPlatform();
  await using on = await road();
  await on.alsoFrom(slow, 'student-1');
  on.passback().start(20);
  await on.earn('student-1', 10);
  await slow.isAsked();
  await on.earn('student-2', 20);
  // Before the hanging request times out.
  await vi.waitFor(() => expect(on.grade('student-2')).toBe(20), { timeout: 8_000 });
  await slow.isAsked();
  expect(on.warnings).toEqual([]);
});

test('a learner who was erased while others were told is not told', async () => {
  await using slow = await hangingPlatform();
  await using on = await road();
  await on.alsoFrom(slow, 'student-1', 'student-2');
  await on.earn('student-1', 10);
  await on.earn('student-2', 20);
  const round = on.passback().round();
  await slow.isAsked();
  await on.isErased('student-2');
  slow.release();
  await round;
  await on.passback().idle();
  expect(slow.told).toEqual(['student-1']);
});

test('how long a busy platform asks to be left alone counts', async () => {
  await using on = await road();
  Object.assign(on.platform.state, { down: 429, retryAfter: '600' });
  await on.earn('student-1', 10);
  await on.later(10);
  on.platform.state.down = null;
  await on.later(5_000);
  expect(on.grade('student-1')).toBeUndefined();
  await on.later(600_000);
  expect(on.grade('student-1')).toBe(10);
});

test('it is left alone whoever earns points meanwhile, and then all are told', async () => {
  await using on = await road();
  on.platform.state.down = 503;
  for (let second = 0; second < 120; second++) {
    await on.earn(`student-${1 + (second % 2)}`, second + 1);
    await on.later(1000);
  }
  // At 0, 5, 15, 35 and 75 seconds.
  expect(on.platform.log.length).toBeLessThanOrEqual(6);
  Object.assign(on.platform.state, { down: 429, retryAfter: '600' });
  await on.later(60_000);
  const asked = on.platform.log.length;
  on.platform.state.down = null;
  await on.earn('student-1', 200);
  await on.later(590_000);
  expect(on.platform.log).toHaveLength(asked);
  await on.later(10_000);
  expect([on.grade('student-1'), on.grade('student-2')]).toEqual([200, 120]);
  Object.assign(on.platform.state, { down: 503, retryAfter: null });
  await on.earn('student-1', 210);
  await on.later(10);
  on.platform.state.down = null;
  // It was back in between: counted anew.
  await on.later(5_000);
  expect(on.grade('student-1')).toBe(210);
});

test('one cell that always fails keeps no other waiting', async () => {
  await using on = await road();
  on.platform.state.downFor = 'student-1';
  await on.earn('student-1', 10);
  for (let minute = 0; minute < 20; minute++) await on.later(60_000);
  for (const points of [20, 30]) {
    await on.earn('student-2', points);
    await on.later(62_000);
    expect(on.grade('student-2')).toBe(points);
  }
  on.platform.state.downFor = null;
  await on.later(3_600_000);
  expect(on.grade('student-1')).toBe(10);
});

test('scores stand behind the path of a line item, before its query', () => {
  expect(scoresUrl('https://moodle.example/a/lineitem?type_id=7')).toBe(
    'https://moodle.example/a/lineitem/scores?type_id=7',
  );
  expect(scoresUrl('https://canvas.example/line_items/3/')).toBe(
    'https://canvas.example/line_items/3/scores',
  );
});
