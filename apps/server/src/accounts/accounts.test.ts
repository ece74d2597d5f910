import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MadeInvitation, type Role } from '@tatami/protocol';
import Database from 'libsql';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  joinStaff,
  openBrowser,
  setupToken,
  staffPassword,
  startServer,
  type TestBrowser,
} from '../../test/running-server.ts';

const codeOf = ({ body }: { body: { error?: { code: string } } }) => body?.error?.code;
const dayMs = 24 * 3600_000;
type Server = Awaited<ReturnType<typeof startServer>>;

const accept = (browser: TestBrowser, token: string, name: string, password = staffPassword) =>
  browser.call('POST', '/api/invitations/accepted', { token, name, password });
const open = (browser: TestBrowser, token: string) =>
  browser.call('POST', '/api/invitations/opened', { token });
const signIn = (browser: TestBrowser, name: string, password = staffPassword) =>
  browser.call('POST', '/api/account/session', { name, password });
const whoIs = (browser: TestBrowser) => browser.call('GET', '/api/account');

async function invite(by: TestBrowser, role: Role): Promise<MadeInvitation> {
  return MadeInvitation.parse((await by.call('POST', '/api/invitations', { role })).body);
}

async function idOf(admin: TestBrowser, name: string): Promise<string> {
  const { body } = await admin.call('GET', '/api/accounts');
  return body.find((entry: { name: string }) => entry.name === name).id;
}

/** The clock jumps; timers go on as they were. */
function moveClock(byMs: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
}
afterEach(() => void vi.useRealTimers());

describe('the set-up link', () => {
  test('makes the first admin, once', async () => {
    await using server = await startServer();
    const browser = await server.browser();
    expect(codeOf(await signIn(browser, 'Sato'))).toBe('account.none');
    const file = join(server.config.TATAMI_DATA_DIR, 'setup-link.token');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const token = await setupToken(server.config);
    expect((await open(browser, token)).body).toEqual({ kind: 'setup', role: 'admin', name: null });
    expect(codeOf(await open(browser, 'x'.repeat(43)))).toBe('account.link-unknown');

    const others = await Promise.all([1, 2, 3].map(() => server.browser()));
    const answers = await Promise.all(others.map((one, n) => accept(one, token, `Sato ${n}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    expect(codeOf(await accept(browser, token, 'Late'))).toBe('account.link-unknown');
    await expect(stat(file)).rejects.toThrow('ENOENT');
    const admin = others[answers.findIndex(({ status }) => status === 200)];
    expect((await whoIs(admin as TestBrowser)).body).toMatchObject({ role: 'admin' });
  });

  test('is there again when root has made one for a server that has accounts', async () => {
    await using server = await startServer();
    await server.staff();
    const file = join(server.config.TATAMI_DATA_DIR, 'setup-link.token');
    const token = 'A'.repeat(43);
    await writeFile(file, `${token}\n`, { mode: 0o600 });
    const second = await joinStaff(server.url, token, 'Second');
    expect((await whoIs(second)).body).toMatchObject({ name: 'Second', role: 'admin' });
    // A copy of the file is as used as the link.
    await writeFile(file, `${token}\n`);
    expect(codeOf(await accept(await server.browser(), token, 'Third'))).toBe(
      'account.link-unknown',
    );
    await rm(file);
  });
});

describe('an invitation', () => {
  test('makes an account of its role, once, unless it was withdrawn or is too old', async () => {
    await using server = await startServer();
    const admin = await server.staff();
    const { token } = await invite(admin, 'instructor');
    const instructor = await joinStaff(server.url, token, 'Suzuki');
    expect((await whoIs(instructor)).body).toMatchObject({ name: 'Suzuki', role: 'instructor' });
    const late = await server.browser();
    expect(codeOf(await accept(late, token, 'Late'))).toBe('account.link-unknown');

    const withdrawn = await invite(admin, 'assistant');
    const path = `/api/invitations/${withdrawn.invitation.id}`;
    expect(codeOf(await instructor.call('DELETE', path))).toBe('account.link-unknown');
    expect((await admin.call('DELETE', path)).status).toBe(204);
    expect(codeOf(await open(late, withdrawn.token))).toBe('account.link-unknown');

    const old = await invite(instructor, 'assistant');
    expect((await open(late, old.token)).status).toBe(200);
    moveClock(7 * dayMs);
    expect(codeOf(await open(late, old.token))).toBe('account.link-unknown');
    expect(codeOf(await accept(late, old.token, 'Late'))).toBe('account.link-unknown');
  });

  test('gives no more than its maker may give, then and now', async () => {
    await using server = await startServer();
    const admin = await server.staff();
    const instructor = await server.staff('instructor');
    for (const role of ['instructor', 'admin'])
      expect(codeOf(await instructor.call('POST', '/api/invitations', { role }))).toBe(
        'account.forbidden',
      );
    const own = await invite(instructor, 'assistant');
    const second = await server.staff('admin', 'Second');
    const others = await invite(second, 'admin');
    expect((await instructor.call('GET', '/api/invitations')).body).toEqual([own.invitation]);
    expect((await admin.call('GET', '/api/invitations')).body).toHaveLength(2);
    const path = `/api/accounts/${await idOf(admin, 'Second')}`;
    await admin.call('PATCH', path, { role: 'instructor' });
    expect(codeOf(await open(admin, others.token))).toBe('account.link-unknown');
    await admin.call('PATCH', `/api/accounts/${await idOf(admin, 'instructor')}`, {
      disabled: true,
    });
    expect(codeOf(await open(admin, own.token))).toBe('account.link-unknown');
  });

  test('refuses a name that is taken and a password that is weak, and stays good', async () => {
    await using server = await startServer();
    const admin = await server.staff();
    const { token } = await invite(admin, 'assistant');
    const browser = await server.browser();
    expect(codeOf(await accept(browser, token, ' ＡＤＭＩＮ '))).toBe('account.name-taken');
    expect(codeOf(await accept(browser, token, 'Mori', 'too short'))).toBe('request.invalid');
    for (const weak of ['mori is my name', 'abababababab'])
      expect(codeOf(await accept(browser, token, 'Mori', weak))).toBe('account.password-weak');
    for (const name of ['', ' ', 'x'.repeat(65), 'a\u200bb', 'a\nb'])
      expect(codeOf(await accept(browser, token, name))).toBe('request.invalid');
    expect((await accept(browser, token, 'Mori')).status).toBe(200);
  });
});

describe('a password', () => {
  test('is kept as argon2id, and nothing else that proves somebody is kept as it is', async () => {
    await using server = await startServer();
    const admin = await server.staff();
    const made = await invite(admin, 'assistant');
    const path = join(server.config.TATAMI_DATA_DIR, 'tatami.db');
    const database = new Database(path, { readonly: true });
    const [account] = database.prepare('select * from accounts').all() as {
      password_hash: string;
    }[];
    expect(account?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const rest = JSON.stringify([
      database.prepare('select * from account_sessions').all(),
      database.prepare('select * from invitations').all(),
    ]);
    database.close();
    const cookie = /tatami_staff=([\w-]{43})/.exec(admin.cookie)?.[1] ?? 'no cookie';
    for (const secret of [cookie, made.token]) expect(rest).not.toContain(secret);
  });

  test('is changed by who knows it, which ends the other sessions', async () => {
    await using server = await startServer();
    const admin = await server.staff();
    const other = await server.browser();
    await signIn(other, 'admin');
    const change = (current: string, next: string) =>
      admin.call('PUT', '/api/account/password', { current, next });
    expect(codeOf(await change('not this one', 'another good one'))).toBe('account.wrong');
    expect(codeOf(await change(staffPassword, 'the admin himself'))).toBe('account.password-weak');
    expect((await change(staffPassword, 'another good one')).status).toBe(204);
    expect((await whoIs(admin)).status).toBe(200);
    expect(codeOf(await whoIs(other))).toBe('account.missing');
    expect(codeOf(await signIn(other, 'admin'))).toBe('account.wrong');
    expect((await signIn(other, 'admin', 'another good one')).status).toBe(200);
  });

  test('that was forgotten is chosen anew by a link from an admin', async () => {
    await using server = await startServer();
    const admin = await server.staff();
    const before = await server.staff('assistant', 'Mori');
    const path = `/api/accounts/${await idOf(admin, 'Mori')}/password-link`;
    const { token } = MadeInvitation.parse((await admin.call('POST', path)).body);
    const browser = await server.browser();
    const offer = { kind: 'password', role: 'assistant', name: 'Mori' };
    expect((await open(browser, token)).body).toEqual(offer);
    const password = 'quite a different one';
    const answer = await browser.call('POST', '/api/invitations/accepted', { token, password });
    expect(answer.body).toMatchObject({ name: 'Mori', role: 'assistant' });
    expect(codeOf(await whoIs(before))).toBe('account.missing');
    expect(codeOf(await signIn(before, 'Mori'))).toBe('account.wrong');
    expect(codeOf(await open(browser, token))).toBe('account.link-unknown');
  });
});

describe('a session', () => {
  test('begins with name and password, however the name is typed', async () => {
    await using server = await startServer();
    await server.staff('assistant', 'Éva Ｍori');
    const browser = await server.browser();
    const answer = await signIn(browser, ' e\u0301va  MORI');
    expect(answer.body).toMatchObject({ name: 'Éva Ｍori', role: 'assistant' });
    expect(answer.set).toMatch(/^tatami_staff=[\w-]{43}; .*HttpOnly; SameSite=Lax$/);
    expect(codeOf(await signIn(await server.browser(), 'Eva Mori'))).toBe('account.wrong');
  });

  test('is secure on https', async () => {
    await using server = await startServer({ TATAMI_PUBLIC_URL: 'https://lab.example.org' });
    await server.staff();
    const { set } = await signIn(await server.browser(), 'admin');
    expect(set).toContain('Secure');
  });

  test('is listed and ended, by oneself and by an admin', async () => {
    await using server = await startServer();
    const admin = await server.staff();
    const first = await server.staff('instructor', 'Suzuki');
    const second = await server.browser();
    await signIn(second, 'Suzuki');
    const { body } = await first.call('GET', '/api/account/sessions');
    expect(body).toHaveLength(2);
    const other = body.find(({ current }: { current: boolean }) => !current);
    const path = `/api/account/sessions/${other.id}`;
    expect(codeOf(await admin.call('DELETE', path))).toBe('account.session-unknown');
    expect((await whoIs(second)).status).toBe(200);
    expect((await first.call('DELETE', path)).status).toBe(204);
    expect(codeOf(await whoIs(second))).toBe('account.missing');

    await signIn(second, 'Suzuki');
    await second.call('DELETE', '/api/account/session');
    expect(second.cookie).not.toContain('tatami_staff');
    expect((await first.call('GET', '/api/account/sessions')).body).toHaveLength(1);
    const id = await idOf(admin, 'Suzuki');
    expect((await admin.call('DELETE', `/api/accounts/${id}/sessions`)).status).toBe(204);
    expect(codeOf(await whoIs(first))).toBe('account.missing');
  });

  test('ends when it is not used, when it is old, and not because a clock went back', async () => {
    await using server = await startServer();
    const admin = await server.staff();
    moveClock(-400 * dayMs);
    expect((await whoIs(admin)).status).toBe(200);
    moveClock(400 * dayMs);
    for (let week = 0; week < 4; week++) {
      moveClock(6.9 * dayMs);
      expect((await whoIs(admin)).status).toBe(200);
    }
    moveClock(3 * dayMs);
    expect(codeOf(await whoIs(admin))).toBe('account.missing');
    await signIn(admin, 'admin');
    moveClock(7.1 * dayMs);
    expect(codeOf(await whoIs(admin))).toBe('account.missing');
  });

  test('is one a browser, and twenty an account', async () => {
    await using server = await startServer();
    const admin = await server.staff();
    await signIn(admin, 'admin');
    await signIn(admin, 'admin');
    const sessions = async () => (await admin.call('GET', '/api/account/sessions')).body;
    expect(await sessions()).toHaveLength(1);
    for (let n = 0; n < 22; n++)
      await signIn(await openBrowser(server.url, 'tatami_session=x'), 'admin');
    // The first one is among those used longest ago.
    expect(codeOf(await whoIs(admin))).toBe('account.missing');
    await signIn(admin, 'admin');
    expect(await sessions()).toHaveLength(20);
  });

  test('has the rights that its account has now', async () => {
    await using server = await startServer();
    const admin = await server.staff();
    const instructor = await server.staff('instructor', 'Suzuki');
    const id = await idOf(admin, 'Suzuki');
    const change = (body: object) => admin.call('PATCH', `/api/accounts/${id}`, body);
    expect((await change({ role: 'assistant' })).body).toMatchObject({ role: 'assistant' });
    expect(codeOf(await instructor.call('GET', '/api/accounts'))).toBe('account.missing');
    await signIn(instructor, 'Suzuki');
    expect(codeOf(await instructor.call('GET', '/api/accounts'))).toBe('account.forbidden');
    expect((await change({ disabled: true })).body).toMatchObject({ disabled: true, sessions: 0 });
    expect(codeOf(await signIn(instructor, 'Suzuki'))).toBe('account.wrong');
    await change({ disabled: false });
    expect((await signIn(instructor, 'Suzuki')).status).toBe(200);
    expect(codeOf(await change({}))).toBe('request.invalid');
  });
});

test('one admin is left, whatever is changed', async () => {
  await using server = await startServer();
  const admin = await server.staff();
  const path = `/api/accounts/${await idOf(admin, 'admin')}`;
  for (const change of [{ role: 'instructor' }, { disabled: true }])
    expect(codeOf(await admin.call('PATCH', path, change))).toBe('account.last-admin');
  expect((await whoIs(admin)).body).toMatchObject({ role: 'admin' });
  await server.staff('admin', 'Second');
  expect((await admin.call('PATCH', path, { role: 'instructor' })).status).toBe(200);
  const unknown = await (await secondIn(server)).call('PATCH', '/api/accounts/0123456789abcdef', {
    role: 'admin',
  });
  expect(codeOf(unknown)).toBe('account.unknown');
});

async function secondIn(server: Server): Promise<TestBrowser> {
  const browser = await server.browser();
  await signIn(browser, 'Second');
  return browser;
}

describe('whoever guesses passwords', () => {
  test('is slowed, and those behind the same address are not', async () => {
    await using server = await startServer();
    const own = await server.staff('instructor', 'Suzuki');
    await own.call('DELETE', '/api/account/session');
    await server.staff('assistant', 'Mori');
    const guesser = await server.browser();
    const codes = [];
    for (let n = 0; n < 8; n++) codes.push(codeOf(await signIn(guesser, 'Suzuki', `guess ${n}`)));
    expect(codes).toEqual([...Array(5).fill('account.wrong'), ...Array(3).fill('account.wait')]);
    // A fresh browser changes nothing, nor does the right password.
    expect(codeOf(await signIn(await server.browser(), 'suzuki'))).toBe('account.wait');
    expect(codeOf(await signIn(guesser, 'nobody', 'guess'))).toBe('account.wrong');

    const began = performance.now();
    expect((await signIn(own, 'Suzuki')).status).toBe(200);
    expect((await signIn(await server.browser(), 'Mori')).status).toBe(200);
    const learners = await Promise.all(Array.from({ length: 40 }, () => server.browser()));
    expect(new Set(learners.map(({ cookie }) => cookie)).size).toBe(40);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('at many names from one address is slowed too, and not who was here before', async () => {
    await using server = await startServer();
    const admin = await server.staff();
    await admin.call('DELETE', '/api/account/session');
    const guesser = await server.browser();
    let code: string | undefined;
    let guesses = 0;
    for (; code !== 'account.wait' && guesses < 200; guesses++)
      code = codeOf(await signIn(guesser, `somebody ${guesses}`, 'password'));
    expect(guesses).toBeGreaterThan(60);
    expect(guesses).toBeLessThan(120);
    expect((await signIn(admin, 'admin')).status).toBe(200);
    // Who was here before has a budget, not a free hand.
    const codes = [];
    for (let n = 0; n < 12; n++) codes.push(codeOf(await signIn(admin, 'admin', `guess ${n}`)));
    expect(codes.at(-1)).toBe('account.wait');
  }, 30_000);
});
