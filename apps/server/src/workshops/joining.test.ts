import { type OwnSeat, Rejoin, SeatEvent, SeatStanding } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import {
  eventually,
  openBrowser,
  startServer,
  type TestBrowser,
} from '../../test/running-server.ts';
import { fromNow, guestBrowser, joinAs, makeWorkshop, plan, seated } from '../../test/workshop.ts';

const codeOf = ({ body }: { body: { error?: { code: string } } }) => body?.error?.code;
const lab = '/api/labs/01-echo';
const seatOf = async (browser: TestBrowser): Promise<OwnSeat | null> =>
  (await browser.session()).seat;
const seatsOf = async (staff: TestBrowser, id: string): Promise<SeatStanding[]> =>
  SeatStanding.array().parse((await staff.call('GET', `/api/workshops/${id}/seats`)).body);

describe('joining by the code', () => {
  test('gives a seat of its own, however the code is typed, and the code of before still works', async () => {
    await using server = await startServer();
    const workshop = await makeWorkshop(await server.staff('instructor'));
    const browser = await server.browser();
    const before = (await browser.session()).resumeCode;
    const typed = { joinCode: workshop.joinCode.toLowerCase().replace('-', ' ') };
    const { body } = await joinAs(
      browser,
      { joinCode: encodeURIComponent(typed.joinCode) },
      '  Ａoi   Tanaka ',
    );
    expect(body.seat).toMatchObject({ name: 'Ａoi Tanaka', state: 'open', labId: '01-echo' });
    expect(body.resumeCode).not.toBe(before);
    expect(await seatOf(browser)).toMatchObject({ title: 'Namespaces, Tuesday' });
    await browser.call('POST', '/api/session/resume', { code: before });
    expect(await seatOf(browser)).toBeNull();
  });

  test('is refused with a wrong code, after the end, in a full room and under odd names, in words', async () => {
    await using server = await startServer();
    const staff = await server.staff('instructor');
    const small = await makeWorkshop(staff, { seats: 1 });
    await seated(server.url, small, 'Aoi');
    const guest = await guestBrowser(server.url);
    expect(codeOf(await joinAs(guest, { joinCode: 'ZZZ-ZZZ' }, 'Ren'))).toBe(
      'workshop.code-unknown',
    );
    expect(codeOf(await joinAs(guest, small, 'Ren'))).toBe('workshop.full');
    expect((await guest.call('GET', `/api/join/${small.joinCode}`)).body).toMatchObject({
      isFull: true,
    });
    for (const odd of ['', '   ', 'a\u202eb', 'a\u0000b', 'x'.repeat(61)])
      expect(codeOf(await joinAs(guest, small, odd))).toBe('request.invalid');
    await staff.call('POST', `/api/workshops/${small.id}/end`);
    expect(codeOf(await joinAs(guest, small, 'Ren'))).toBe('workshop.ended');
    const open = await makeWorkshop(staff, { joining: 'name-number' });
    expect(codeOf(await joinAs(guest, open, 'Ren'))).toBe('workshop.number-missing');
  });

  test('gives two of one name two seats only where numbers tell them apart', async () => {
    await using server = await startServer();
    const staff = await server.staff('instructor');
    const named = await makeWorkshop(staff);
    await seated(server.url, named, 'Wei Li');
    const other = await guestBrowser(server.url);
    expect(codeOf(await joinAs(other, named, 'ｗｅｉ　li'))).toBe('workshop.name-taken');
    expect((await joinAs(other, named, 'Wei Li (2)')).status).toBe(200);
    const numbered = await makeWorkshop(staff, { joining: 'name-number' });
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => guestBrowser(server.url)));
    expect((await joinAs(first as TestBrowser, numbered, 'Wei Li', 'S1')).status).toBe(200);
    expect((await joinAs(second as TestBrowser, numbered, 'Wei Li', 'S2')).status).toBe(200);
    expect(codeOf(await joinAs(third as TestBrowser, numbered, 'Jun', 'ｓ1'))).toBe(
      'workshop.number-taken',
    );
  });

  test('gives two of one name two seats in one browser, too, where numbers tell them apart', async () => {
    await using server = await startServer();
    const staff = await server.staff('instructor');
    const workshop = await makeWorkshop(staff, { joining: 'name-number' });
    const guest = await guestBrowser(server.url);
    const first = await joinAs(guest, workshop, 'Wei Li', 'S1');
    const again = await joinAs(guest, workshop, 'Wei Li', ' ｓ1');
    expect(again.body.resumeCode).toBe(first.body.resumeCode);
    const second = await joinAs(guest, workshop, 'Wei Li', 'S2');
    expect(second.body).toMatchObject({ seat: { number: 'S2' } });
    expect(second.body.resumeCode).not.toBe(first.body.resumeCode);
    expect((await seatsOf(staff, workshop.id)).map(({ number }) => number).sort()).toEqual([
      'S1',
      'S2',
    ]);
  });

  test('gives one seat to a browser that asks again, because the answer was lost or was slow', async () => {
    await using server = await startServer();
    const staff = await server.staff('instructor');
    const workshop = await makeWorkshop(staff);
    const guest = await guestBrowser(server.url);
    const { cookie } = guest;
    const first = await joinAs(guest, workshop, 'Aoi');
    const again = await joinAs(await openBrowser(server.url, cookie), workshop, 'Aoi');
    expect(again.body.resumeCode).toBe(first.body.resumeCode);
    expect(codeOf(await joinAs(await guestBrowser(server.url), workshop, 'Aoi'))).toBe(
      'workshop.name-taken',
    );
    const at = await Promise.all(
      Array.from({ length: 5 }, async () =>
        joinAs(await guestBrowser(server.url), workshop, 'Ren'),
      ),
    );
    expect(at.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(await seatsOf(staff, workshop.id)).toHaveLength(2);
  });
});

describe("a neighbour's seat", () => {
  test('is not had by name, by its id, by a guessed ticket or PIN, nor against a no', async () => {
    await using server = await startServer();
    const staff = await server.staff('instructor');
    const workshop = await makeWorkshop(staff);
    const { session } = await seated(server.url, workshop, 'Aoi');
    const thief = await guestBrowser(server.url);
    expect(codeOf(await joinAs(thief, workshop, 'Aoi'))).toBe('workshop.name-taken');
    const [seat] = await seatsOf(staff, workshop.id);
    const forged = await openBrowser(server.url, `tatami_session=${seat?.learnerId}`);
    expect(codeOf(await forged.call('GET', `${lab}/attempt`))).toBe('session.missing');
    expect(codeOf(await thief.call('POST', '/api/rejoins', { ticket: '0'.repeat(32) }))).toBe(
      'workshop.rejoin-unknown',
    );
    const ask = `/api/join/${workshop.joinCode}/rejoins`;
    const { body: ticket } = await thief.call('POST', ask, { name: 'aoi', number: null });
    expect((await thief.call('POST', '/api/rejoins', ticket)).body).toEqual({ answer: 'waiting' });
    expect((await thief.call('GET', `${lab}/attempt`)).status).toBe(401);
    const rejoins = `/api/workshops/${workshop.id}/rejoins`;
    const [asked] = Rejoin.array().parse((await staff.call('GET', rejoins)).body);
    expect(asked?.seat.name).toBe('Aoi');
    await staff.call('POST', `${rejoins}/${asked?.id}`, { allow: false });
    expect((await thief.call('POST', '/api/rejoins', ticket)).body).toEqual({ answer: 'no' });
    expect((await thief.call('GET', `${lab}/attempt`)).status).toBe(401);
    expect(session.seat?.name).toBe('Aoi');
  });

  test("is gone on with by the personal code, or by the staff's yes, which is good for who asked", async () => {
    await using server = await startServer();
    const staff = await server.staff('instructor');
    const workshop = await makeWorkshop(staff);
    const { session } = await seated(server.url, workshop, 'Aoi');
    const elsewhere = await guestBrowser(server.url);
    await elsewhere.call('POST', '/api/session/resume', { code: session.resumeCode });
    expect(await seatOf(elsewhere)).toMatchObject({ name: 'Aoi' });

    const asking = await guestBrowser(server.url);
    const ask = `/api/join/${workshop.joinCode}/rejoins`;
    const { body: ticket } = await asking.call('POST', ask, { name: 'Aoi', number: null });
    const rejoins = `/api/workshops/${workshop.id}/rejoins`;
    const [asked] = (await staff.call('GET', rejoins)).body;
    expect((await staff.call('POST', `${rejoins}/${asked.id}`, { allow: true })).body).toEqual([]);
    expect(codeOf(await staff.call('POST', `${rejoins}/${asked.id}`, { allow: false }))).toBe(
      'workshop.rejoin-unknown',
    );
    expect((await asking.call('POST', '/api/rejoins', ticket)).body).toEqual({ answer: 'yes' });
    expect((await asking.session()).resumeCode).toBe(session.resumeCode);
  });

  test('shows on both when it is open on a second machine', async () => {
    await using server = await startServer();
    const workshop = await makeWorkshop(await server.staff('instructor'));
    const { browser, session } = await seated(server.url, workshop, 'Aoi');
    const first = browser.socket(`/api/seat/events?browser=${'1'.repeat(16)}`);
    const sameBrowser = browser.socket(`/api/seat/events?browser=${'1'.repeat(16)}`);
    const told = ({ texts }: typeof first) =>
      texts.map((text) => SeatEvent.parse(text)).at(-1)?.browsers;
    await eventually('the seat is open', () => told(first) === 1 && told(sameBrowser) === 1);
    const elsewhere = await guestBrowser(server.url);
    await elsewhere.call('POST', '/api/session/resume', { code: session.resumeCode });
    const second = elsewhere.socket(`/api/seat/events?browser=${'2'.repeat(16)}`);
    await eventually('both know', () => told(first) === 2 && told(second) === 2);
    second.socket.close();
    await eventually('it is one again', () => told(first) === 1);
  });
});

describe('a workshop', () => {
  test('has a waiting room, opens by hand or by itself, is extended, ended and opened again', async () => {
    await using server = await startServer();
    const staff = await server.staff('instructor');
    const workshop = await makeWorkshop(staff, { opensAt: fromNow(30) });
    const act = (what: string, body?: unknown) =>
      staff.call('POST', `/api/workshops/${workshop.id}/${what}`, body ?? {});
    const { browser } = await seated(server.url, workshop, 'Aoi');
    const events = browser.socket(`/api/seat/events?browser=${'1'.repeat(16)}`);
    const state = () => (events.texts.at(-1) as SeatEvent | undefined)?.seat.state;
    await eventually('it waits', () => state() === 'draft');
    const start = () => browser.call('POST', `${lab}/machine`);
    expect(codeOf(await start())).toBe('workshop.not-open');
    const { body: opened } = await act('open');
    expect(opened).toMatchObject({ state: 'open', endedAt: null });
    expect(opened.openedAt < opened.opensAt).toBe(true);
    await eventually('it is let in', () => state() === 'open');
    expect((await start()).status).toBe(200);
    // Somebody who is late comes in as well.
    await seated(server.url, workshop, 'Ren');
    expect((await act('end')).body).toMatchObject({ state: 'ended' });
    await eventually('it has ended', () => state() === 'ended');
    expect(codeOf(await browser.call('POST', `${lab}/machine/reset`, { scope: 'step' }))).toBe(
      'workshop.ended',
    );
    // What was begun stays to be looked at.
    expect((await browser.call('GET', `${lab}/attempt`)).body.machine).not.toBeNull();
    expect(codeOf(await act('open'))).toBe('workshop.ended');
    expect(codeOf(await act('closing', { closesAt: fromNow(-1) }))).toBe('workshop.window');
    expect((await act('closing', { closesAt: fromNow(90) })).body).toMatchObject({
      state: 'open',
      endedAt: null,
    });
    expect((await start()).status).toBe(200);

    const soon = await makeWorkshop(staff, { opensAt: new Date(Date.now() + 1500).toISOString() });
    const early = await seated(server.url, soon, 'Mio');
    const waiting = early.browser.socket(`/api/seat/events?browser=${'1'.repeat(16)}`);
    const states = () => waiting.texts.map((text) => (text as SeatEvent).seat.state);
    await eventually('it opened by itself', () => states().join() === 'draft,open', 8000);
  });

  test('lets its seats do what it allows, and offers its lab alone', async () => {
    await using server = await startServer();
    const staff = await server.staff('instructor');
    const workshop = await makeWorkshop(staff, {
      allowed: { hints: false, solve: false, skip: false },
    });
    const { browser } = await seated(server.url, workshop, 'Aoi');
    expect((await browser.call('GET', '/api/labs')).body).toHaveLength(1);
    expect(codeOf(await browser.call('POST', '/api/labs/02-later/machine'))).toBe('lab.planned');
    const { steps } = (await browser.call('GET', `${lab}?lang=en`)).body;
    const items = steps.flatMap((step: { checklist: unknown[] }) => step.checklist);
    expect(items.filter((item: { hints: string[] }) => item.hints.length > 0)).toEqual([]);
    expect(items.filter((item: { solvable: boolean }) => item.solvable)).toEqual([]);
    await browser.call('POST', `${lab}/machine`);
    const solvable = (await (await server.browser()).call('GET', `${lab}?lang=en`)).body.steps[0]
      .checklist[0].checkId;
    expect(codeOf(await browser.call('POST', `${lab}/solutions/${solvable}`))).toBe(
      'workshop.no-solutions',
    );
    expect(codeOf(await browser.call('PUT', `${lab}/step`, { stepId: steps[1].id }))).toBe(
      'workshop.no-skipping',
    );
    expect((await browser.call('PUT', `${lab}/step`, { stepId: steps[0].id })).status).toBe(200);
  });

  test('takes a seat off with its machine, and gives it back', async () => {
    await using server = await startServer();
    const staff = await server.staff('instructor');
    const workshop = await makeWorkshop(staff);
    const { browser, session } = await seated(server.url, workshop, 'Aoi');
    await browser.call('POST', `${lab}/machine`);
    const [seat] = await seatsOf(staff, workshop.id);
    const path = `/api/workshops/${workshop.id}/seats/${seat?.learnerId}`;
    const { body } = await staff.call('DELETE', path);
    expect(body[0].removedAt).not.toBeNull();
    expect((await browser.call('GET', `${lab}/attempt`)).body.machine).toBeNull();
    expect(codeOf(await browser.call('POST', `${lab}/machine`))).toBe('workshop.removed');
    const { resumeCode: code } = session;
    const elsewhere = await guestBrowser(server.url);
    expect(codeOf(await elsewhere.call('POST', '/api/session/resume', { code }))).toBe(
      'workshop.removed',
    );
    await staff.call('POST', `${path}/restore`);
    expect((await browser.call('POST', `${lab}/machine`)).status).toBe(200);
  });

  test("is unknown to another workshop's instructor, in each of its routes", async () => {
    await using server = await startServer();
    const workshop = await makeWorkshop(await server.staff('instructor', 'Sato'));
    const { session } = await seated(server.url, workshop, 'Aoi');
    const other = await server.staff('instructor', 'Kimura');
    const path = `/api/workshops/${workshop.id}`;
    const seat = '0'.repeat(32);
    const account = '0'.repeat(16);
    const answers = await Promise.all([
      other.call('GET', path),
      other.call('PUT', path, plan()),
      other.call('POST', `${path}/open`),
      other.call('POST', `${path}/end`),
      other.call('POST', `${path}/closing`, { closesAt: fromNow(9) }),
      other.call('GET', `${path}/seats`),
      other.call('POST', `${path}/seats`, { number: '1', name: 'x', language: 'en' }),
      other.call('DELETE', `${path}/seats/${seat}`),
      other.call('POST', `${path}/seats/${seat}/restore`),
      other.call('GET', `${path}/slips`),
      other.call('GET', `${path}/rejoins`),
      other.call('POST', `${path}/rejoins/${account}`, { allow: true }),
      other.call('GET', `${path}/staff`),
      other.call('PUT', `${path}/staff/${account}`),
      other.call('DELETE', `${path}/staff/${account}`),
    ]);
    expect(answers.map(codeOf)).toEqual(answers.map(() => 'workshop.unknown'));
    expect((await other.call('GET', '/api/workshops')).body).toEqual([]);
    const admin = await server.staff();
    expect((await admin.call('GET', path)).body.state).toBe('open');
    expect(session.seat?.state).toBe('open');
  });

  test('is helped with by assistants that are added, and keeps one who runs it', async () => {
    await using server = await startServer();
    const sato = await server.staff('instructor', 'Sato');
    const mori = await server.staff('assistant', 'Mori');
    const workshop = await makeWorkshop(sato);
    const path = `/api/workshops/${workshop.id}`;
    const { id } = (await mori.call('GET', '/api/account')).body;
    expect((await sato.call('PUT', `${path}/staff/${id}`)).body).toHaveLength(2);
    expect((await mori.call('GET', `${path}/seats`)).status).toBe(200);
    expect(codeOf(await mori.call('POST', `${path}/end`))).toBe('account.forbidden');
    const own = (await sato.call('GET', '/api/account')).body.id;
    expect(codeOf(await sato.call('DELETE', `${path}/staff/${own}`))).toBe('workshop.staff-last');
    expect((await sato.call('DELETE', `${path}/staff/${id}`)).body).toHaveLength(1);
    expect(codeOf(await mori.call('GET', `${path}/seats`))).toBe('workshop.unknown');
    expect(codeOf(await sato.call('PUT', `${path}/staff/${'0'.repeat(16)}`))).toBe(
      'workshop.account-unknown',
    );
  });
});
