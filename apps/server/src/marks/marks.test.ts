import { loadLabs } from '@tatami/lab-format/loader';
import { MarksExport, OwnMarks, WorkshopMarks } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { openRoom, staffBrowser } from '../../test/room.ts';
import { eventually, startServer } from '../../test/running-server.ts';
import { verifyChain } from '../chain/evidence-chain.ts';
import { Labs } from '../labs/labs.ts';
import { eraseRows } from '../privacy/erasure.ts';
import { MarkStore } from './mark-store.ts';
import { Marks } from './marks.ts';
import { WorkStore } from './work-store.ts';

const codeOf = ({ body }: { body: { error?: { code: string } } }) => body.error?.code;
const lab = '/api/labs/01-echo';

async function openMarks() {
  const server = await startServer();
  const room = await openRoom(server);
  const staff = room.instructor.browser;
  return {
    ...{ server, room, staff },
    view: async () => WorkshopMarks.parse((await staff.call('GET', room.marksPath)).body),
    change: (
      learnerId: string,
      itemId: string,
      earned: number | null,
      reason = 'seen in the room',
    ) => staff.call('POST', `${room.marksPath}/${learnerId}/changes`, { itemId, earned, reason }),
    gradeAgain: (body: unknown) =>
      staff.call('POST', `/api/workshops/${room.workshop.id}/gradings`, body),
    async close() {
      await room.workshops.end(room.workshop.id);
      await room.settle();
    },
    async [Symbol.asyncDispose]() {
      await room[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

describe('beforehand', () => {
  test('a learner is shown what each item is worth and when it ends', async () => {
    await using own = await openMarks();
    const { browser } = await own.room.seat('青木', '2301');
    const marks = OwnMarks.parse((await browser.call('GET', `${lab}/marks`)).body);
    expect(marks.scheme.items.map(({ id, points }) => [id, points])).toEqual([
      ...[
        ['one', 10],
        ['two', 10],
        ['cause', 10],
        ['tried', 10],
      ],
      ['explain', 20],
    ]);
    expect(marks).toMatchObject({
      scheme: { passPercent: 70, assistedPercent: 50 },
      workshop: { title: 'Namespaces, spring', closesAt: own.room.workshop.closesAt },
      ...{ settled: false, mark: { earned: 0, possible: 60, passed: false } },
    });
    const alone = await own.server.browser();
    expect((await alone.call('GET', `${lab}/marks`)).body).toMatchObject({ workshop: null });
  });

  test('a workshop weighs as it likes, and the rest is as the default has it', async () => {
    await using server = await startServer();
    const weights = { points: { one: 40, cause: 0 }, passPercent: 50, assistedPercent: 100 };
    await using room = await openRoom(server, { weights });
    const { browser, learnerId } = await room.seat('青木', '2301');
    await room.pass(learnerId, 'first.one', ago(1000));
    expect((await browser.call('GET', `${lab}/marks`)).body.mark).toMatchObject({
      ...{ earned: 40, possible: 70, passed: true },
    });
  });
});

describe('the weights of a workshop', () => {
  const weights = { points: { one: 40, cause: 0 }, passPercent: 50, assistedPercent: 0 };
  const inAnHour = new Date(Date.now() + 3600_000).toISOString();

  test('are changed until it opens, and no item is weighed that there is not', async () => {
    await using server = await startServer();
    await using room = await openRoom(server, {
      ...{ opensAt: inAnHour, closesAt: new Date(Date.now() + 7200_000).toISOString() },
    });
    const { browser } = await room.seat('青木', '2301');
    const staff = room.instructor.browser;
    const path = `/api/workshops/${room.workshop.id}/weights`;
    const unknown = { ...weights, points: { none: 1 } };
    expect(codeOf(await staff.call('PUT', path, unknown))).toBe('marks.item-unknown');
    const weighed = WorkshopMarks.parse((await staff.call('PUT', path, weights)).body);
    expect(weighed).toMatchObject({ weighable: true, scheme: { passPercent: 50 } });
    expect((await browser.call('GET', `${lab}/marks`)).body.scheme.items[0]).toMatchObject({
      ...{ id: 'one', points: 40 },
    });
    await room.workshops.open(room.workshop.id);
    expect(codeOf(await staff.call('PUT', path, weights))).toBe('marks.weights-fixed');
  });

  test('stay once it was graded, also when it is planned anew', async () => {
    await using own = await openMarks();
    const { id, joinCode, state, openedAt, endedAt, createdAt, ...plan } = own.room.workshop;
    await own.close();
    const closesAt = new Date(Date.now() + 7200_000).toISOString();
    await own.room.workshops.closeAt(id, closesAt);
    const put = (change: object) =>
      own.staff.call('PUT', `/api/workshops/${id}`, {
        ...{ ...plan, opensAt: inAnHour, closesAt },
        ...change,
      });
    expect((await put({})).body).toMatchObject({ state: 'draft' });
    expect((await own.view()).weighable).toBe(false);
    expect(codeOf(await put({ weights }))).toBe('marks.weights-fixed');
    const alone = await own.staff.call('PUT', `/api/workshops/${id}/weights`, weights);
    expect(codeOf(alone)).toBe('marks.weights-fixed');
  });

  test('stay when the rest of it is changed later', async () => {
    await using own = await openMarks();
    const { workshop, workshops } = own.room;
    const { id, joinCode, state, openedAt, endedAt, createdAt, ...plan } = workshop;
    const put = (change: object) =>
      own.staff.call('PUT', `/api/workshops/${id}`, { ...plan, ...change });
    expect(codeOf(await put({ weights }))).toBe('marks.weights-fixed');
    expect((await put({ title: 'Another' })).status).toBe(200);
    expect((await workshops.known(id)).weights).toBeNull();
  });
});

describe('what is passed', () => {
  test('counts as the kernel saw it, half when a solution was asked for', async () => {
    await using own = await openMarks();
    const { browser, learnerId } = await own.room.seat('青木', '2301');
    await browser.call('POST', `${lab}/machine`);
    const terminal = await browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
    terminal.socket.send(Buffer.from('pass first.one'));
    await eventually('it is saved', async () => (await own.view()).learners[0]?.mark.earned === 10);
    await browser.call('PUT', `${lab}/step`, { stepId: '03-quiz' });
    expect((await browser.call('POST', `${lab}/solutions/quiz.tried`)).status).toBe(200);
    terminal.socket.send(Buffer.from('pass quiz.tried'));
    await eventually('it is saved', async () => (await own.view()).learners[0]?.mark.earned === 15);
    const { body } = await own.staff.call('GET', `${own.room.marksPath}/${learnerId}`);
    const [learner] = MarksExport.parse(body).learners;
    expect(learner).toMatchObject({ machines: 1, name: '青木', number: '2301' });
    const tried = learner?.checks.find(({ checkId }) => checkId === 'quiz.tried');
    expect(tried?.assistedAt).toMatch(/Z$/);
    expect(tried?.evidence?.offsets.map(({ terminal }) => terminal)).toEqual(['1']);
  });
});

describe('when the workshop has closed', () => {
  test('marks are fixed by the time of the evidence, whenever it was stored', async () => {
    await using own = await openMarks();
    const { browser, learnerId } = await own.room.seat('青木', '2301');
    await own.room.pass(learnerId, 'first.one', ago(60_000));
    await own.room.settle(Date.now());
    expect((await own.view()).gradings).toEqual([]);
    await own.close();
    const { closesAt, gradings } = await own.view();
    expect(gradings).toMatchObject([{ version: 1, by: null, reason: null, closesAt }]);

    const afterwards = new Date(Date.parse(closesAt) + 1).toISOString();
    await own.room.pass(learnerId, 'quiz.tried', afterwards);
    await own.room.settle();
    expect((await own.view()).gradings).toHaveLength(1);
    expect((await browser.call('GET', `${lab}/marks`)).body).toMatchObject({
      ...{ settled: true, mark: { earned: 10, passed: false } },
    });

    await own.room.pass(learnerId, 'first.two', ago(30_000));
    await own.room.settle();
    const view = await own.view();
    expect(view).toMatchObject({ settled: true, intact: true });
    expect(view.gradings.map(({ version, by }) => [version, by])).toEqual([
      [1, null],
      [2, null],
    ]);
    expect(view.learners).toMatchObject([{ mark: { earned: 20 }, original: { earned: 10 } }]);
    await own.room.settle();
    expect((await own.view()).gradings).toHaveLength(2);
  });

  test('what comes in late is graded by the lesson as it was then, until somebody grades again', async () => {
    await using own = await openMarks();
    const { store, workshops, workshop, instructor } = own.room;
    const { learnerId } = await own.room.seat('青木', '2301');
    await own.close();
    await own.room.pass(learnerId, 'first.one', ago(60_000));
    const loaded = await loadLabs(own.server.config.TATAMI_LABS_DIR);
    const changed = loaded.labs.map((one) => ({ ...one, checklist: one.checklist.slice(0, 2) }));
    const marks = new Marks({
      ...{ marks: new MarkStore(store), work: new WorkStore(store), workshops },
      labs: new Labs({ ...loaded, labs: changed }),
    });
    await marks.settle(workshop.id);
    const gradings = () => new MarkStore(store).gradings(workshop.id);
    const [first, second] = await gradings();
    expect(second).toMatchObject({ scheme: first?.scheme, lesson: first?.lesson, by: null });
    expect((await own.view()).learners[0]?.mark).toMatchObject({ earned: 10, possible: 60 });
    const ended = await workshops.known(workshop.id);
    const again = { reason: 'the lesson was mended', weights: null };
    await marks.gradeAgain(ended, instructor.id, again);
    const third = (await gradings()).at(-1);
    expect(third?.scheme.items).toHaveLength(2);
    expect(third?.lesson).not.toBe(first?.lesson);
  });

  test('it can be opened again, and what was earned then counts too', async () => {
    await using own = await openMarks();
    const { learnerId } = await own.room.seat('青木', '2301');
    await own.close();
    const later = new Date(Date.now() + 600_000).toISOString();
    await own.room.workshops.closeAt(own.room.workshop.id, later);
    await own.room.pass(learnerId, 'first.one', new Date().toISOString());
    expect(await own.view()).toMatchObject({
      ...{ settled: false, closesAt: later, learners: [{ mark: { earned: 10 } }] },
    });
    await own.close();
    const view = await own.view();
    expect(view.settled).toBe(true);
    expect(view.gradings).toHaveLength(2);
    expect(view.learners).toMatchObject([{ mark: { earned: 10 }, original: { earned: 0 } }]);
  });

  test('a clock that had run ahead and was set right costs nobody what they earned in between', async () => {
    await using own = await openMarks();
    const { learnerId } = await own.room.seat('青木', '2301');
    const { id } = own.room.workshop;
    const soon = new Date(Date.now() + 400).toISOString();
    await own.room.workshops.closeAt(id, soon);
    const tomorrow = Date.now() + 86_400_000;
    await own.room.settle(tomorrow, () => new Date(tomorrow));
    await own.room.pass(learnerId, 'first.one', soon);
    await eventually('it has closed', async () => (await own.view()).settled);
    expect((await own.view()).learners[0]?.mark.earned).toBe(0);
    await own.room.settle();
    expect((await own.view()).learners[0]?.mark.earned).toBe(10);
  });
});

describe('an instructor', () => {
  test('changes an item with a reason; who, when and what was before stay', async () => {
    await using own = await openMarks();
    const { browser, learnerId } = await own.room.seat('青木', '2301');
    for (const check of ['first.one', 'first.two', 'quiz.tried'])
      await own.room.pass(learnerId, check, ago(60_000));
    await own.close();
    expect(codeOf(await own.change(learnerId, 'cause', 10, ' '))).toBe('request.invalid');
    expect(codeOf(await own.change(learnerId, 'cause', 10.5))).toBe('marks.too-many-points');
    expect(codeOf(await own.change(learnerId, 'none', 1))).toBe('marks.item-unknown');
    expect(codeOf(await own.change('0'.repeat(32), 'one', 1))).toBe('marks.learner-unknown');
    expect((await own.change(learnerId, 'cause', 7.5, 'the machine broke down')).status).toBe(200);
    expect((await own.change(learnerId, 'cause', 10, 'shown by hand')).status).toBe(200);
    const [learner] = (await own.view()).learners;
    expect(learner).toMatchObject({
      mark: { earned: 40, passed: false },
      original: { earned: 30 },
      changes: [
        { itemId: 'cause', earned: 7.5, by: 'Aoki', reason: 'the machine broke down' },
        { itemId: 'cause', earned: 10, by: 'Aoki', reason: 'shown by hand' },
      ],
    });
    const shown = OwnMarks.parse((await browser.call('GET', `${lab}/marks`)).body);
    expect(shown).toMatchObject({ mark: { earned: 40 }, changes: learner?.changes });
    const table = await own.staff.call('GET', `${own.room.marksPath}.csv`);
    expect(table.body).toContain('cause: 0 -> 7.5 (Aoki, ');
    expect(table.body).toContain('cause: 7.5 -> 10 (Aoki, ');
    expect(table.body).toContain('): the machine broke down');
    expect(await verifyChain(own.room.store)).toBeNull();
  });

  test('grades again with other weights and a reason, and loses nothing', async () => {
    await using own = await openMarks();
    const { learnerId } = await own.room.seat('青木', '2301');
    await own.room.pass(learnerId, 'first.one', ago(60_000));
    const weights = { points: { explain: 0, one: 30 }, passPercent: 50, assistedPercent: 50 };
    const again = { reason: 'the question was wrong', weights };
    expect(codeOf(await own.gradeAgain(again))).toBe('marks.open');
    await own.close();
    await own.change(learnerId, 'two', 5);
    const unknown = { ...again, weights: { ...weights, points: { none: 1 } } };
    expect(codeOf(await own.gradeAgain(unknown))).toBe('marks.item-unknown');
    const view = WorkshopMarks.parse((await own.gradeAgain(again)).body);
    expect(view.gradings).toMatchObject([
      { version: 1, by: null },
      { version: 2, by: 'Aoki', reason: 'the question was wrong' },
    ]);
    expect(view.learners).toMatchObject([
      {
        mark: { earned: 35, possible: 60, passed: true },
        original: { earned: 10, possible: 60, passed: false },
      },
    ]);
    const { body } = await own.staff.call('GET', `${own.room.marksPath}.json`);
    expect(MarksExport.parse(body).learners[0]?.gradings).toMatchObject([
      { version: 1, mark: { earned: 10 } },
      { version: 2, mark: { earned: 30 } },
    ]);
    expect(view.intact).toBe(true);
  });

  test('of another workshop finds none, and assistants and learners may not look', async () => {
    await using own = await openMarks();
    const { browser } = await own.room.seat('青木', '2301');
    const { server, room } = own;
    const other = await staffBrowser(server, room.store, 'instructor', 'Baba');
    const assistant = await staffBrowser(server, room.store, 'assistant', 'Chiba');
    for (const path of ['', '.csv', '.json', `/${'0'.repeat(32)}`]) {
      const get = (who: typeof browser) => who.call('GET', room.marksPath + path);
      expect(codeOf(await get(other.browser))).toBe('workshop.unknown');
      expect(codeOf(await get(assistant.browser))).toBe('account.forbidden');
      expect(codeOf(await get(browser))).toBe('account.missing');
    }
    const admin = await staffBrowser(server, room.store, 'admin', 'Doi');
    expect((await admin.browser.call('GET', room.marksPath)).status).toBe(200);
  });

  test('is told of a mark that somebody changed in the database', async () => {
    await using own = await openMarks();
    const { learnerId } = await own.room.seat('青木', '2301');
    const { learnerId: second } = await own.room.seat('馬場', '2302');
    await own.room.pass(learnerId, 'first.one', ago(60_000));
    await own.close();
    await own.change(learnerId, 'two', 10);
    const { store } = own.room;
    const swap = (table: 'marks' | 'mark_changes', to: string) =>
      store
        .updateTable(table)
        .set({ learner_id: to })
        .where('learner_id', '=', learnerId)
        .execute();
    await swap('mark_changes', second);
    expect((await own.view()).intact).toBe(false);
    await store.updateTable('mark_changes').set({ learner_id: learnerId }).execute();
    expect((await own.view()).intact).toBe(true);
    const { open } = await store
      .selectFrom('marks')
      .select('open')
      .where('learner_id', '=', learnerId)
      .executeTakeFirstOrThrow();
    await store
      .updateTable('marks')
      .set({ open: open.replace('"earned":10', '"earned":60') })
      .where('learner_id', '=', learnerId)
      .execute();
    expect((await own.view()).intact).toBe(false);
  });
});

describe('learners who worked alike', () => {
  test('are named to the instructor, and keep their points', async () => {
    await using own = await openMarks();
    const one = await own.room.seat('青木', '2301');
    const two = await own.room.seat('馬場', '2302');
    const three = await own.room.seat('千葉', '2303');
    const checks = ['first.one', 'first.two', 'second.cause', 'second.shell', 'quiz.tried'];
    const command = [{ name: 'command', value: 'unshare --pid --fork bash' }];
    for (const [n, check] of checks.entries()) {
      await own.room.pass(one.learnerId, check, ago(600_000 - n * 47_000), command);
      await own.room.pass(two.learnerId, check, ago(500_000 - n * 47_000), command);
      await own.room.pass(three.learnerId, check, ago(600_000 - n * n * 20_000), command);
    }
    const view = await own.view();
    expect(view.likenesses).toMatchObject([
      { learners: [one.learnerId, two.learnerId], checks, sameCommands: 5 },
    ]);
    expect(view.learners.map(({ mark }) => mark.earned)).toEqual([40, 40, 40]);
    const { body } = await own.staff.call('GET', `${own.room.marksPath}/${three.learnerId}`);
    expect(MarksExport.parse(body).likenesses).toEqual([]);
  });
});

describe('a learner whose data are deleted while marks are read', () => {
  test('is in no grading and no change', async () => {
    await using own = await openMarks();
    const { store, workshops, workshop, instructor } = own.room;
    const stays = await own.room.seat('馬場', '2302');
    const goes = [await own.room.seat('青木', '2301'), await own.room.seat('千葉', '2303')];
    const labs = new Labs(await loadLabs(own.server.config.TATAMI_LABS_DIR));
    /** Marks that read evidence of a learner who is gone when they are kept. */
    const during = (learnerId: string) =>
      new Marks({
        ...{ marks: new MarkStore(store), labs, workshops },
        work: new (class extends WorkStore {
          override async of(ids: string[], labId: string) {
            const work = await super.of(ids, labId);
            await store.transaction().execute((tx) => eraseRows(tx, learnerId));
            return work;
          }
        })(store),
      });
    const [first = '', second = ''] = goes.map(({ learnerId }) => learnerId);
    const change = { itemId: 'two', earned: 5, reason: 'seen in the room' };
    const changing = during(first).change(workshop, first, instructor.id, change);
    await expect(changing).rejects.toMatchObject({ code: 'marks.learner-unknown' });
    await workshops.end(workshop.id);
    await during(second).settle(workshop.id);
    const kept = await store.selectFrom('marks').select('learner_id').execute();
    expect(kept).toEqual([{ learner_id: stays.learnerId }]);
    expect(await store.selectFrom('mark_changes').selectAll().execute()).toEqual([]);
    expect(await verifyChain(store)).toBeNull();
  });
});

describe('an export', () => {
  test('has the columns that Moodle imports, of those it can tell apart', async () => {
    await using own = await openMarks();
    const { learnerId } = await own.room.seat('=cmd|calc', '2301');
    await own.room.seat('馬場', null);
    await own.room.seat('千葉', '2303', false);
    await own.room.pass(learnerId, 'first.one', ago(60_000));
    const moodle = await own.staff.call('GET', `${own.room.marksPath}.csv?for=moodle`);
    expect(moodle.body).toBe(
      'ID number,Full name,"Namespaces, spring"\r\n' + "2301,'=cmd|calc,16.67\r\n",
    );
  });

  test('has the columns that Canvas imports, and a name cannot pose as its second line', async () => {
    await using own = await openMarks();
    const { learnerId } = await own.room.seat('Points Possible', '2301');
    await own.room.seat('馬場', null);
    await own.room.seat('同名', null);
    await own.room.seat('同名', '2304');
    await own.room.pass(learnerId, 'first.one', ago(60_000));
    const canvas = await own.staff.call('GET', `${own.room.marksPath}.csv?for=canvas`);
    // What reads text leaves out the mark.
    const { url } = own.server;
    const raw = await fetch(`${url}${own.room.marksPath}.csv?for=canvas&bom=1`, {
      headers: { cookie: own.staff.cookie },
    });
    expect(Buffer.from(await raw.arrayBuffer()).subarray(0, 3)).toEqual(Buffer.from('\uFEFF'));
    expect(canvas.body.split('\r\n')).toEqual([
      'Student,ID,SIS User ID,SIS Login ID,Section,"Namespaces, spring"',
      '"    Points Possible",,,,,60',
      'Points possible,,2301,,,10',
      '馬場,,,,,0',
      '同名,,2304,,,0',
      '',
    ]);
  });
});
