import { IncidentView } from '@tatami/protocol';
import { publicKeyOf, verifySealed } from '@tatami/report';
import { expect, test, vi } from 'vitest';
import { eventually, startServer } from '../../test/running-server.ts';
import { openStore } from '../store/database.ts';
import { Workshops } from '../workshops/workshops.ts';

// Beside other tests.
vi.setConfig({ testTimeout: 30_000 });

const lab = '/api/labs/01-echo';
const report = `${lab}/report`;

type Server = Awaited<ReturnType<typeof startServer>>;

/** A learner who has typed into terminal 1 and passed a check with it. */
async function learner(server: Server) {
  const browser = await server.browser();
  await browser.call('POST', `${lab}/machine`);
  const terminal = await browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
  terminal.socket.send(Buffer.from('pass first.one'));
  await eventually('it has passed', async () => {
    const { body } = await browser.call('GET', `${lab}/attempt`);
    return body.passed.length === 1;
  });
  return {
    ...browser,
    type: (text: string) => terminal.socket.send(Buffer.from(text)),
    view: async (query = '?lang=ja&zone=Asia/Tokyo') =>
      IncidentView.parse((await browser.call('GET', report + query)).body),
    async file(query = '?lang=ja&zone=Asia/Tokyo') {
      const { status, body } = await browser.call('POST', `${report}/html${query}`);
      expect(status).toBe(200);
      return body as string;
    },
  };
}

test('a report is proposed from what was done, kept, and sealed by the server’s key', async () => {
  await using server = await startServer();
  const browser = await learner(server);
  const proposed = await browser.view();
  expect(proposed.kept).toBe(false);
  expect(proposed.events.map(({ kind }) => kind)).toEqual(['step', 'passed']);
  expect(proposed.events[1]).toMatchObject({ key: 'passed:first.one' });

  const own = { at: '2026-01-02T03:04:05.000Z', text: '<b>A call</b> from the customer' };
  const parts = { ...proposed.draft.parts, remedy: 'Fix it </script> for good\u202e' };
  const draft = {
    ...proposed.draft,
    title: '応答なし & more',
    parts,
    own: [own],
    hidden: ['step:00-first'],
  };
  const kept = await browser.call('PUT', report, draft);
  expect(kept.status).toBe(200);
  expect(await browser.view('?lang=en&zone=UTC')).toMatchObject({ kept: true, draft });

  const file = await browser.file('');
  expect(file).toContain('<html lang="ja">');
  expect(file).toContain('応答なし &amp; more');
  expect(file).toContain('&lt;b&gt;A call&lt;/b&gt; from the customer');
  expect(file).toContain('Fix it &lt;/script&gt; for good\\u{202e}');
  expect(file).toContain('添付証拠');
  expect(file).toContain('pass first.one');
  expect(file).toContain("document.title = 'replays';");
  const pem = await (await fetch(`${server.url}/api/evidence/key`)).text();
  expect(verifySealed(Buffer.from(file), publicKeyOf(pem))).toMatchObject({
    status: 'genuine',
    entry: { seq: 1, kind: 'report' },
  });
  expect(verifySealed(Buffer.from(await browser.file('')), publicKeyOf(pem))).toMatchObject({
    entry: { seq: 2 },
  });

  const { body: markdown } = await browser.call('POST', `${report}/markdown`);
  expect(markdown).toContain('## 再発防止');
  expect(markdown).toContain('\\<b\\>A call\\</b\\>');

  await browser.call('DELETE', report);
  expect(await browser.view()).toMatchObject({ kept: false });
});

test('of words that are the learner’s own the report says so, of recorded ones it does not', async () => {
  await using server = await startServer();
  const browser = await learner(server);
  const { draft, events } = await browser.view('?lang=en');
  const [step, passed] = events.map(({ text }) => text);
  const words = { 'step:00-first': step ?? '', 'passed:first.one': 'The server was broken into' };
  expect((await browser.call('PUT', report, { ...draft, words })).status).toBe(200);
  const { body: markdown } = await browser.call('POST', `${report}/markdown`);
  expect(markdown).toContain('| lesson |');
  expect(markdown).toContain('| proven by the kernel, in the author’s words |');
  const file = await browser.file('');
  expect(file.split('proven by the kernel, in the author’s words')).toHaveLength(3);
  expect(file).not.toContain(passed);
});

test('a moment that was marked is evidence, with where the recordings stood', async () => {
  await using server = await startServer();
  const browser = await learner(server);
  const marked = await browser.call('POST', `${lab}/moments`, { note: '  Here it hangs ' });
  expect(marked.body).toMatchObject({
    note: 'Here it hangs',
    offsets: [{ terminal: '1', offset: 14 }],
  });
  const { events } = await browser.view();
  expect(events.at(-1)).toMatchObject({ kind: 'moment', text: 'Here it hangs' });
  expect(await browser.file()).toContain('Here it hangs');

  expect((await browser.call('POST', `${lab}/moments`, { note: ' ' })).status).toBe(400);
  expect((await browser.call('DELETE', `${lab}/moments/${marked.body.id}`)).status).toBe(204);
  expect((await browser.view()).events).toHaveLength(2);
  await browser.call('DELETE', `${lab}/machine`);
  const late = await browser.call('POST', `${lab}/moments`, { note: 'late' });
  expect(late.body.error.code).toBe('machine.missing');
});

test('a report of a drill has its alert, its commands and its cause', async () => {
  await using server = await startServer();
  const browser = await learner(server);
  await browser.call('PUT', `${lab}/step`, { stepId: '05-drill' });
  const machine = [...server.runner.machines.values()][0];
  machine?.run('ps aux', 'drill.pid');
  await eventually('it was ticked', async () => {
    const { body } = await browser.call('GET', `${lab}/attempt`);
    return body.passed.some(({ checkId }: { checkId: string }) => checkId === 'drill.pid');
  });
  const view = await browser.view('?lang=en&zone=Asia/Tokyo');
  expect(view.draft.step).toBe('05-drill');
  expect(view.draft.parts.detection).toContain('An alert came in at 20');
  expect(view.events.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['alert', 'command', 'passed']),
  );
  expect(view.events.some(({ key }) => key === 'passed:first.one')).toBe(false);
  const all = await browser.view('?lang=en&zone=Asia/Tokyo&step=all');
  expect(all.events.some(({ key }) => key === 'passed:first.one')).toBe(true);
});

test('a report is nobody else’s, and what is no report is refused', async () => {
  await using server = await startServer();
  const browser = await learner(server);
  const { draft } = await browser.view();
  await browser.call('PUT', report, draft);
  const other = await server.browser();
  expect((await other.call('GET', report)).body).toMatchObject({ kept: false, events: [] });
  for (const path of [report, `${report}/html`])
    expect((await fetch(server.url + path, { method: 'POST' })).status).toBeGreaterThanOrEqual(400);
  for (const wrong of [
    { ...draft, zone: 'Mars/Olympus' },
    { ...draft, step: '99-none' },
    { ...draft, title: 'x'.repeat(201) },
    { ...draft, more: 1 },
  ])
    expect((await browser.call('PUT', report, wrong)).status).toBeGreaterThanOrEqual(400);
  expect((await browser.call('GET', '/api/labs/02-later/report')).body.error.code).toBe(
    'lab.planned',
  );
});

test('a recording that is gone leaves the facts', async () => {
  await using server = await startServer();
  const browser = await learner(server);
  await browser.call('DELETE', `${lab}/machine`);
  server.runner.forgetRecordings();
  expect(await browser.file('?lang=en')).toContain('Nothing is kept of what terminal 1 showed.');
});

test('the staff of a workshop read the report of a seat, those of another do not', async () => {
  await using server = await startServer();
  const browser = await learner(server);
  const teacher = await server.staff('instructor', 'Teacher');
  const stranger = await server.staff('instructor', 'Stranger');
  const { body: account } = await teacher.call('GET', '/api/account');
  const store = await openStore(server.config.TATAMI_DATA_DIR);
  const plan = {
    ...{
      title: 'W',
      labId: '01-echo',
      language: 'ja' as const,
      seats: 5,
      joining: 'name' as const,
    },
    ...{ opensAt: '2026-01-01T00:00:00Z', closesAt: '2099-01-01T00:00:00Z', weights: null },
    allowed: { hints: true, solve: true, skip: true },
    ...{ recordingsDays: 30, marksDays: 365 },
  };
  const { id } = await new Workshops(store).create(plan, account);
  const { learner_id: seat } = await store
    .selectFrom('passed')
    .select('learner_id')
    .executeTakeFirstOrThrow();
  const now = new Date().toISOString();
  await store
    .insertInto('seats')
    .values({
      ...{ learner_id: seat, workshop_id: id, name: 'Hanako', name_key: 'hanako', number: null },
      ...{ language: 'ja', pin: null, created_at: now, joined_at: now, removed_at: null },
    })
    .execute();
  await store.destroy();
  expect((await browser.view()).draft.author).toBe('Hanako');
  const path = `/api/workshops/${id}/seats/${seat}/report?lang=ja`;
  const read = await teacher.call('GET', path);
  expect(read.status).toBe(200);
  expect(read.body).toContain('Hanako');
  // Whose it is is told of it.
  const acts = async () => (await browser.call('GET', '/api/room/audit')).body;
  expect(await acts()).toMatchObject([{ by: 'Teacher', act: 'report', lasts: false }]);
  expect((await stranger.call('GET', path)).body.error.code).toBe('workshop.unknown');
  const nobody = await teacher.call('GET', path.replace(seat, 'f'.repeat(32)));
  expect(nobody.body.error.code).toBe('room.seat-unknown');
  expect(await acts()).toHaveLength(1);
});
