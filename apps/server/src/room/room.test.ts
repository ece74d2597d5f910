import { AuditEntry, closeCodes, RoomSummary } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { followRoom, openWorkshop } from '../../test/open-workshop.ts';
import {
  eventually,
  openBrowser,
  startServer,
  type TestBrowser,
} from '../../test/running-server.ts';
import { buildServer } from '../app.ts';
import { openStore } from '../store/database.ts';

const lab = '/api/labs/01-echo';
const codeOf = ({ body }: { body: { error?: { code: string } } }) => body.error?.code;
const notYet = (checkId: string, key: string) => ({
  checkId,
  verdict: { status: 'not-yet' as const, reason: { key: `reason.${key}`, params: {} } },
});
const auditOf = async (browser: TestBrowser, path = '/api/room') =>
  z.array(AuditEntry).parse((await browser.call('GET', `${path}/audit`)).body);

/** A learner with a machine and terminal 1 open. */
async function atWork(browser: TestBrowser) {
  const room = await followRoom(browser);
  await browser.call('POST', `${lab}/machine`);
  const terminal = await browser.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
  return { room, terminal };
}

describe('the board', () => {
  test('B1: shows who joins, works, passes and is stuck, without being asked again', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const board = await workshop.board();
    expect(board.seats).toEqual([]);
    const ann = await workshop.learner('Ann');
    await board.shows('Ann', 'joined', ({ joined, here }) => joined && !here);
    await atWork(ann);
    await board.shows(
      'Ann',
      'at work',
      ({ here, machine, stepId, terminals }) =>
        here && machine === 'running' && stepId === '00-first' && terminals.includes('1'),
    );
    const [machine] = [...server.runner.machines.values()];
    machine?.decide(notYet('first.one', 'no-process'));
    machine?.decide(notYet('first.two', 'no-process'));
    machine?.decide(notYet('first.two', 'plain-shell'));
    const began = Date.now();
    const { trouble } = await board.shows('Ann', 'stuck', (seat) => seat.trouble !== null);
    expect(trouble).toMatchObject({ checkId: 'first.two', reason: { key: 'reason.plain-shell' } });
    expect(Math.abs((trouble?.since ?? 0) - began)).toBeLessThan(2000);
    machine?.pass('first.two');
    const { passed } = await board.shows('Ann', 'passed', (seat) => seat.passed.length === 1);
    expect(passed[0]?.[0]).toBe('first.two');
    await board.shows('Ann', 'no more stuck', (seat) => seat.trouble === null);
    await ann.call('PUT', `${lab}/step`, { stepId: '01-second' });
    const second = await board.shows('Ann', 'a step on', (seat) => seat.stepId === '01-second');
    expect(second.opened.map(([stepId]) => stepId)).toEqual(['00-first', '01-second']);
    await workshop.instructor.call('DELETE', `${workshop.path}/seats/${board.of('Ann')?.id}`);
    await eventually('she is gone', () => board.seats.length === 0);
  });

  test('B1: sends only what is new: a quiet room is silent', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const learners = await Promise.all(
      Array.from({ length: 8 }, (_, n) => workshop.learner(`Learner ${n}`)),
    );
    const board = await workshop.board();
    const [first] = learners;
    await (first as TestBrowser).call('PUT', `${lab}/step`, { stepId: '01-second' });
    await board.shows('Learner 0', 'a step on', (seat) => seat.stepId === '01-second');
    const texts = board.socket.texts.slice(1) as { seats: { name: string }[] }[];
    expect(texts.flatMap(({ seats }) => seats.map(({ name }) => name))).toEqual(['Learner 0']);
  });

  test('B7: is for its own staff: others find nothing, and learners nobody', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const stranger = await server.staff('instructor', 'Mr Other');
    await stranger.socket(`${workshop.path}/board`).closed('unauthorized');
    const ann = await workshop.learner('Ann');
    await ann.socket(`${workshop.path}/board`).closed('unauthorized');
    for (const [method, rest, body] of [
      ['POST', 'messages', { kind: 'broadcast', to: null, text: 'Hello' }],
      ['PUT', 'locks', { stepId: '01-second', locked: true }],
      ['PUT', 'timer', { minutes: 5, label: '' }],
      ['PUT', 'hands/1', { act: 'claim' }],
      ['GET', 'audit', undefined],
      ['GET', 'summary', undefined],
    ] as const)
      expect(codeOf(await stranger.call(method, `${workshop.path}/${rest}`, body))).toBe(
        'workshop.unknown',
      );
    const assistant = await workshop.helper('assistant', 'Helper');
    expect((await workshop.board(assistant)).seats).toHaveLength(1);
    const refused = await assistant.call('PUT', `${workshop.path}/locks`, {
      stepId: '01-second',
      locked: false,
    });
    expect(codeOf(refused)).toBe('account.forbidden');
  });

  test('B2: shows a projector nobody’s name', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const ann = await workshop.learner('Ann Secret');
    const board = await workshop.board(workshop.instructor, '?names=0');
    await ann.call('PUT', '/api/room/hand', { about: 'Ann Secret needs help' });
    await eventually('the hand shows', () => board.seats.some(({ hand }) => hand !== null));
    expect(JSON.stringify(board.socket.texts)).not.toContain('Secret');
  });
});

test('who is taken off the staff or off a seat sees nothing more', async () => {
  await using server = await startServer();
  const workshop = await openWorkshop(server);
  const helper = await workshop.helper('assistant', 'Helper');
  const ann = await workshop.learner('Ann');
  const { room } = await atWork(ann);
  const board = await workshop.board(helper);
  const { id } = await board.shows('Ann', 'a terminal', (seat) => seat.terminals.includes('1'));
  const seen = await helper.socket(`${workshop.path}/seats/${id}/terminals/1/stream`).opened();
  const account = (await helper.call('GET', '/api/account')).body.id;
  await workshop.instructor.call('DELETE', `${workshop.path}/staff/${account}`);
  for (const socket of [board.socket, seen])
    await eventually('it closes', () => socket.closeCode === closeCodes.unauthorized, 8_000);
  await workshop.instructor.call('DELETE', `${workshop.path}/seats/${id}`);
  await room.socket.closed('unauthorized');
  expect((await ann.call('GET', '/api/room')).body).toEqual({ room: null });
}, 20_000);

describe('raised hands', () => {
  test('stand in order, and of two who claim one, one has it', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const helper = await workshop.helper('assistant', 'Helper');
    const [ann, bob] = [await workshop.learner('Ann'), await workshop.learner('Bob')];
    const rooms = [await followRoom(ann), await followRoom(bob)] as const;
    const raise = (browser: TestBrowser, about: string) =>
      browser.call('PUT', '/api/room/hand', { about });
    expect((await raise(bob, 'stuck')).status).toBe(204);
    expect((await raise(ann, '')).status).toBe(204);
    // Once more: it keeps its place, what it is about is another.
    expect((await raise(bob, 'nsenter')).status).toBe(204);
    expect(
      (await rooms[0].is('her hand is up', ({ hand }) => hand?.ahead === 1)).hand,
    ).toMatchObject({ claimedBy: null });
    const board = await workshop.board();
    const hand = board.of('Bob')?.hand;
    expect(hand).toMatchObject({ about: 'nsenter', claimedBy: null });
    expect(hand?.id).toBeLessThan(board.of('Ann')?.hand?.id ?? 0);
    const claim = (browser: TestBrowser, act = 'claim') =>
      browser.call('PUT', `${workshop.path}/hands/${hand?.id}`, { act });
    const answers = await Promise.all([claim(helper), claim(workshop.instructor)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    const [winner, loser] =
      answers[0].status === 204 ? [helper, workshop.instructor] : [workshop.instructor, helper];
    expect(codeOf(await claim(loser, 'serve'))).toBe('room.hand-claimed');
    await rooms[1].is('somebody comes', (room) => room.hand?.claimedBy !== null);
    expect((await claim(winner, 'release')).status).toBe(204);
    expect((await claim(loser, 'serve')).status).toBe(204);
    expect(codeOf(await claim(winner))).toBe('room.hand-unknown');
    await rooms[1].is('his hand is down', (room) => room.hand === null);
    await rooms[0].is('she is first', (room) => room.hand?.ahead === 0);
    expect((await ann.call('DELETE', '/api/room/hand')).status).toBe(204);
    await board.shows('Ann', 'hand down', (seat) => seat.hand === null);
  });
});

describe('what staff tell and set', () => {
  test('B3: reaches everybody, or whom it is for, and late comers', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const [ann, bob] = [await workshop.learner('Ann'), await workshop.learner('Bob')];
    const rooms = [await followRoom(ann), await followRoom(bob)] as const;
    const board = await workshop.board();
    const tell = (body: object) =>
      workshop.instructor.call('POST', `${workshop.path}/messages`, body);
    const to = [board.of('Ann')?.id];
    await tell({ kind: 'broadcast', to: null, text: 'Break at ten' });
    await tell({ kind: 'explanation', to, checkId: 'first.one', reason: 'reason.pid-not-forked' });
    const told = await rooms[0].is('both', ({ messages }) => messages.length === 2);
    expect(told.messages).toMatchObject([
      { kind: 'broadcast', text: 'Break at ten', by: 'Ms Teacher' },
      { kind: 'explanation', reason: 'reason.pid-not-forked' },
    ]);
    await rooms[1].is('one', ({ messages }) => messages.length === 1);
    const late = await followRoom(await workshop.learner('Late'));
    expect(late.now.messages).toMatchObject([{ text: 'Break at ten' }]);
    const noHint = await tell({ kind: 'hint', to: null, checkId: 'first.one', level: 0 });
    expect(codeOf(noHint)).toBe('room.no-hint');
    const nobody = await tell({ kind: 'broadcast', to: ['0'.repeat(32)], text: 'x' });
    expect(codeOf(nobody)).toBe('room.seat-unknown');
    const entries = await auditOf(ann);
    expect(entries.map(({ act }) => act)).toEqual(['explanation', 'broadcast']);
    expect((await auditOf(bob)).map(({ act }) => act)).toEqual(['broadcast']);
    const all = await auditOf(workshop.instructor, workshop.path);
    expect(all.map(({ act, seat }) => [act, seat])).toEqual([
      ['explanation', 'Ann'],
      ['broadcast', null],
    ]);
  });

  test('B3: a hint and an explanation reach everybody at once, each in the log of all', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const [ann, bob] = [await workshop.learner('Ann'), await workshop.learner('Bob')];
    const rooms = [await followRoom(ann), await followRoom(bob)] as const;
    const tell = (body: object) =>
      workshop.instructor.call('POST', `${workshop.path}/messages`, { to: null, ...body });
    const hint = { kind: 'hint', checkId: 'first.two', level: 0 };
    expect((await tell(hint)).status).toBe(204);
    const why = { kind: 'explanation', checkId: 'first.two', reason: 'reason.plain-shell' };
    expect((await tell(why)).status).toBe(204);
    for (const room of rooms) {
      const { messages } = await room.is('both', (now) => now.messages.length === 2);
      expect(messages).toMatchObject([{ ...hint, texts: { 'zh-CN': expect.any(String) } }, why]);
    }
    const late = await followRoom(await workshop.learner('Late'));
    expect(late.now.messages).toHaveLength(2);
    for (const [who, path] of [[ann], [bob], [workshop.instructor, workshop.path]] as const)
      expect((await auditOf(who, path)).map(({ act, seat }) => [act, seat])).toEqual([
        ['explanation', null],
        ['hint', null],
      ]);
  });

  test('a locked step opens for nobody until it is opened, and a timer goes by the server', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const ann = await workshop.learner('Ann');
    const room = await followRoom(ann);
    const lock = (stepId: string, locked: boolean) =>
      workshop.instructor.call('PUT', `${workshop.path}/locks`, { stepId, locked });
    expect(codeOf(await lock('09-none', true))).toBe('step.unknown');
    // Two of the staff in one moment: neither takes back what the other did.
    const both = ['01-second', '00-first'].map((stepId) => lock(stepId, true));
    for (const { status } of await Promise.all(both)) expect(status).toBe(204);
    await room.is('both are locked', ({ locked }) => locked.length === 2);
    await lock('00-first', false);
    await room.is('it is locked', ({ locked }) => locked.includes('01-second'));
    const open = () => ann.call('PUT', `${lab}/step`, { stepId: '01-second' });
    expect(codeOf(await open())).toBe('step.locked');
    const self = await server.browser();
    expect((await self.call('PUT', `${lab}/step`, { stepId: '01-second' })).status).toBe(200);
    await lock('01-second', false);
    expect((await open()).status).toBe(200);
    const timer = { minutes: 5, label: 'Step 1' };
    await workshop.instructor.call('PUT', `${workshop.path}/timer`, timer);
    const set = await room.is('a timer', (now) => now.timer !== null);
    expect((set.timer?.endsAt ?? 0) - set.now).toBeGreaterThan(290_000);
    await workshop.instructor.call('DELETE', `${workshop.path}/timer`);
    await room.is('no timer', (now) => now.timer === null);
  });

  test('what the room got wrong is summed up by the time it cost, worst first', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    for (const name of ['Ann', 'Bob']) await workshop.learner(name);
    const [ann, bob] = (await workshop.board()).seats.map(({ id }) => id) as [string, string];
    const store = await openStore(server.config.TATAMI_DATA_DIR);
    const stood = (learner_id: string, reason: string, from: number, to: number) => ({
      ...{ workshop_id: workshop.workshop.id, learner_id, check_id: 'first.one', reason },
      began_at: new Date(from * 1000).toISOString(),
      ended_at: new Date(to * 1000).toISOString(),
    });
    await store
      .insertInto('troubles')
      .values([
        stood(ann, 'reason.ended', 0, 50),
        stood(ann, 'reason.outside', 100, 130),
        stood(ann, 'reason.outside', 200, 210),
        stood(bob, 'reason.outside', 300, 340),
      ])
      .execute();
    await store.destroy();
    const { body } = await workshop.instructor.call('GET', `${workshop.path}/summary`);
    expect(RoomSummary.parse(body)).toEqual([
      { checkId: 'first.one', reason: 'reason.outside', learners: 2, lostMs: 80_000 },
      { checkId: 'first.one', reason: 'reason.ended', learners: 1, lostMs: 50_000 },
    ]);
  });

  test('outlives the server, but for who looks and types', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const ann = await workshop.learner('Ann');
    await atWork(ann);
    await ann.call('PUT', '/api/room/hand', { about: 'help' });
    await workshop.instructor.call('PUT', `${workshop.path}/locks`, {
      ...{ stepId: '01-second', locked: true },
    });
    await workshop.instructor.call('PUT', `${workshop.path}/timer`, { minutes: 9, label: 'x' });
    const board = await workshop.board();
    const { id } = await board.shows('Ann', 'a terminal', (seat) => seat.terminals.includes('1'));
    const path = `${workshop.path}/seats/${id}`;
    await workshop.instructor.socket(`${path}/terminals/1/stream`).opened();
    await workshop.instructor.call('PUT', `${path}/typing`, { terminal: '1' });
    await server.app.close();

    const app = await buildServer(server.config);
    try {
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      const again = await openBrowser(url, ann.cookie);
      const { room } = (await again.call('GET', '/api/room')).body;
      expect(room).toMatchObject({
        ...{ hand: { about: 'help', ahead: 0 }, locked: ['01-second'], timer: { label: 'x' } },
        ...{ watchers: [], typing: null },
      });
      const watched = (await auditOf(again)).find(({ act }) => act === 'watch');
      expect(watched?.endedAt).toEqual(expect.any(String));
    } finally {
      await app.close();
    }
  });
});

test('who was stuck when the server stopped is still, since then; an old shell’s lacks are nobody’s trouble', async () => {
  await using server = await startServer();
  const workshop = await openWorkshop(server);
  const learners = [await workshop.learner('Ann'), await workshop.learner('Bob')] as const;
  for (const learner of learners) await atWork(learner);
  const board = await workshop.board();
  const [ann, bob] = ['Ann', 'Bob'].map((name) => board.of(name)?.id ?? '') as [string, string];
  const lacks = notYet('first.two', 'no-namespace');
  for (const machine of server.runner.machines.values()) {
    machine.decide(notYet('first.two', 'no-process'));
    machine.pass('first.one', [{ name: 'pid-machine', value: '50' }]);
    machine.decide({
      ...lacks,
      verdict: {
        ...lacks.verdict,
        reason: { ...lacks.verdict.reason, params: { process: '50.1' } },
      },
    });
  }
  await board.shows('Bob', 'passed', ({ passed }) => passed.length === 1);
  await server.app.close();
  const store = await openStore(server.config.TATAMI_DATA_DIR);
  const beganAt = new Date(Date.now() - 60_000);
  await store
    .insertInto('troubles')
    .values({
      ...{ workshop_id: workshop.workshop.id, learner_id: ann, check_id: 'first.two' },
      ...{ reason: 'reason.no-namespace', began_at: beganAt.toISOString(), ended_at: null },
    })
    .execute();
  await store.destroy();

  const app = await buildServer(server.config);
  try {
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const staff = await openBrowser(url, workshop.instructor.cookie);
    const next = await workshop.board(staff);
    const { trouble } = await next.shows('Ann', 'stuck', (seat) => seat.trouble !== null);
    expect(trouble).toMatchObject({ checkId: 'first.two', since: beganAt.getTime() });
    await next.shows('Bob', 'his machine', ({ machine }) => machine === 'running');
    expect(next.seats.find(({ id }) => id === bob)?.trouble).toBeNull();
    // It goes on in the same row.
    const { body } = await staff.call('GET', `${workshop.path}/summary`);
    const [worst, ...others] = RoomSummary.parse(body);
    expect(worst).toMatchObject({ reason: 'reason.no-namespace', learners: 1 });
    expect(worst?.lostMs).toBeGreaterThanOrEqual(60_000);
    expect(others).toEqual([]);
  } finally {
    await app.close();
  }
});

describe('a learner’s terminal', () => {
  test('B4: is seen by staff with a notice and a line in the log, and takes nothing that they type', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const ann = await workshop.learner('Ann');
    const { room, terminal } = await atWork(ann);
    terminal.socket.send(Buffer.from('hello'));
    const board = await workshop.board();
    const { id } = await board.shows('Ann', 'a terminal', (seat) => seat.terminals.includes('1'));
    const path = `${workshop.path}/seats/${id}/terminals`;
    await workshop.instructor.socket(`${path}/2/stream`).closed('unknown');
    const seen = await workshop.instructor.socket(`${path}/1/stream?cols=80&rows=24`).opened();
    await eventually('it is seen', () => seen.bytes.toString() === 'hello');
    const watched = await room.is('she is watched', ({ watchers }) => watchers.length === 1);
    expect(watched.watchers).toEqual([{ by: 'Ms Teacher', terminal: '1', types: false }]);
    expect((await auditOf(ann))[0]).toMatchObject({ act: 'watch', endedAt: null, lasts: true });
    seen.socket.send(Buffer.from('typed'));
    seen.socket.send(JSON.stringify({ type: 'take' }));
    terminal.socket.send(Buffer.from(' again'));
    await eventually('both see it', () => seen.bytes.toString() === 'hello again');
    expect(terminal.bytes.toString()).toBe('hello again');
    expect(terminal.controls.map(({ type }) => type)).toEqual(['hello']);
    seen.socket.close();
    await room.is('she is not watched', ({ watchers }) => watchers.length === 0);
    await eventually('the log knows', async () => (await auditOf(ann))[0]?.endedAt != null);
    const stranger = await server.staff('instructor', 'Mr Other');
    await stranger.socket(`${path}/1/stream`).closed('unauthorized');
  });

  test('B5: is typed in only after the learner agreed, and not a moment after either ends it', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const helper = await workshop.helper('assistant', 'Helper');
    const ann = await workshop.learner('Ann');
    const { room, terminal } = await atWork(ann);
    const board = await workshop.board();
    const { id } = await board.shows('Ann', 'a terminal', (seat) => seat.terminals.includes('1'));
    const path = `${workshop.path}/seats/${id}`;
    const stream = `${path}/terminals/1/stream?as=owner&cols=80&rows=24`;
    const ask = (browser: TestBrowser) => browser.call('PUT', `${path}/typing`, { terminal: '1' });
    await helper.socket(stream).closed('unauthorized');
    expect((await ask(helper)).status).toBe(204);
    expect(codeOf(await ask(workshop.instructor))).toBe('room.typing-taken');
    const asked = await room.is('she is asked', ({ typing }) => typing?.state === 'asked');
    await helper.socket(stream).closed('unauthorized');
    await ann.call('PUT', `/api/room/typing/${asked.typing?.id}`, { agree: false });
    await room.is('nobody asks', ({ typing }) => typing === null);

    await ask(helper);
    const again = await room.is('asked again', ({ typing }) => typing !== null);
    const stale = await ann.call('PUT', `/api/room/typing/${asked.typing?.id}`, { agree: true });
    expect(codeOf(stale)).toBe('room.no-consent');
    await ann.call('PUT', `/api/room/typing/${again.typing?.id}`, { agree: true });
    await workshop.instructor.socket(stream).closed('unauthorized');
    const typing = await helper.socket(stream).opened();
    typing.socket.send(Buffer.from('for you'));
    await eventually('it is typed', () => terminal.bytes.toString() === 'for you');
    await room.is('it shows', ({ watchers }) => watchers.some(({ types }) => types));
    expect((await ann.call('DELETE', '/api/room/typing')).status).toBe(204);
    typing.socket.send(Buffer.from(' and more'));
    await typing.closed('unauthorized');
    expect(terminal.bytes.toString()).toBe('for you');
    await helper.socket(stream).closed('unauthorized');
    const acts = (await auditOf(ann)).map(({ act, by }) => `${by}: ${act}`);
    expect(acts).toEqual([
      'Helper: typing',
      'Helper: typing-asked',
      'Helper: typing-refused',
      'Helper: typing-asked',
    ]);
    expect((await auditOf(ann))[0]?.endedAt).not.toBeNull();
  });
});

describe('the instructor’s own terminal', () => {
  test('B6: is mirrored live to all from one stream of the runner, late comers included, until it ends', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const { instructor } = workshop;
    const show = () => instructor.call('PUT', `${workshop.path}/mirror`, { terminal: '1' });
    expect(codeOf(await show())).toBe('machine.missing');
    await instructor.call('POST', `${lab}/machine`);
    const own = await instructor.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
    own.socket.send(Buffer.from('before '));
    await eventually('it is there', () => own.bytes.length > 0);
    const learners = await Promise.all(
      Array.from({ length: 20 }, (_, n) => workshop.learner(`Learner ${n}`)),
    );
    const room = await followRoom(learners[0] as TestBrowser);
    await (learners[0] as TestBrowser).socket('/api/room/mirror/1/stream').closed('sandboxClosed');
    expect((await show()).status).toBe(204);
    const { mirror } = await room.is('something is shown', (now) => now.mirror !== null);
    expect(mirror).toEqual({ by: 'Ms Teacher', terminal: '1' });
    const look = (browser: TestBrowser) =>
      browser.socket('/api/room/mirror/1/stream?cols=80&rows=24').opened();
    const screens = await Promise.all(learners.slice(1).map(look));
    own.socket.send(Buffer.from('during '));
    for (const screen of screens)
      await eventually('all see it', () => screen.bytes.toString() === 'before during ');
    const late = await look(learners[0] as TestBrowser);
    await eventually('so do late comers', () => late.bytes.toString() === 'before during ');
    late.socket.send(Buffer.from('nothing comes of it'));
    // Shown again while it is shown: nobody loses it.
    expect((await show()).status).toBe(204);
    own.socket.send(Buffer.from('after'));
    for (const screen of [late, ...screens])
      await eventually('all see it', () => screen.bytes.toString() === 'before during after');
    expect(late.controls[0]).toMatchObject({ type: 'hello', role: 'viewer' });
    const [machine] = [...server.runner.machines.values()];
    await eventually('one stream is left', () => machine?.clients.get('1')?.length === 2);
    expect((await instructor.call('DELETE', `${workshop.path}/mirror`)).status).toBe(204);
    for (const screen of [late, ...screens]) await screen.closed('sandboxClosed');
    await room.is('nothing is shown', (now) => now.mirror === null);
    await show();
    await room.is('it is shown again', (now) => now.mirror !== null);
    await instructor.call('DELETE', `${lab}/machine`);
    await room.is('it ends with its machine', (now) => now.mirror === null);
    await eventually('the log knows', async () =>
      (await auditOf(learners[0] as TestBrowser)).every(({ endedAt }) => endedAt !== null),
    );
  });

  test('B6: holds nobody up: who does not read is left behind, and begins anew with all of it', async () => {
    await using server = await startServer();
    const workshop = await openWorkshop(server);
    const { instructor } = workshop;
    await instructor.call('POST', `${lab}/machine`);
    await instructor.socket(`${lab}/terminals/1/stream?cols=80&rows=24`).opened();
    await instructor.call('PUT', `${workshop.path}/mirror`, { terminal: '1' });
    const look = async (name: string) => {
      const browser = await workshop.learner(name);
      return browser.socket('/api/room/mirror/1/stream?cols=80&rows=24').opened();
    };
    const [quick, slow] = [await look('Quick'), await look('Slow')];
    quick.socket.on('message', () => {
      quick.socket.send(JSON.stringify({ type: 'ack', offset: quick.bytes.length }));
    });
    const [machine] = [...server.runner.machines.values()];
    const piece = Buffer.alloc(64 * 1024, 'x');
    for (let n = 0; n < 40; n++) {
      machine?.type('1', piece);
      await eventually('the quick one has it', () => quick.bytes.length === (n + 1) * piece.length);
    }
    expect(quick.controls).toHaveLength(1);
    // Nothing was acknowledged: no more than a window is on its way.
    expect(slow.bytes.length).toBeLessThan(2 * 1024 * 1024);
    const before = slow.bytes.length;
    slow.socket.send(JSON.stringify({ type: 'ack', offset: before }));
    await eventually('it begins anew', () => slow.controls.length === 2);
    await eventually('and has all', () => slow.bytes.length - before === 40 * piece.length);
    expect(slow.controls[1]).toMatchObject({ type: 'hello', offset: 0, role: 'viewer' });
  }, 20_000);
});
