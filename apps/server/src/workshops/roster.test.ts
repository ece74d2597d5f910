import { AppError } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { startServer, type TestBrowser } from '../../test/running-server.ts';
import { guestBrowser, joinAs, makeWorkshop } from '../../test/workshop.ts';
import { openStore } from '../store/database.ts';
import { readRoster } from './roster.ts';

const codeOf = ({ body }: { body: { error?: { code: string } } }) => body?.error?.code;
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const refusal = (file: Buffer): string => {
  try {
    readRoster(file, 'ja');
    return 'read';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

// 番号,氏名\r\n101,佐藤 花子\r\n102,鈴木 一郎\r\n
const shiftJis = bytes(
  '94D48D862C8E8196BC0D0A3130312C8DB293A120 89D48E710D0A3130322C97E996D820 88EA98590D0A',
);
// 学号,姓名\r\n101,王小明\r\n102,张伟\r\n
const gb18030 = bytes('D1A7BAC52CD0D5C3FB0D0A3130312CCDF5D0A1C3F70D0A3130322CD5C5CEB00D0A');

describe('a roster', () => {
  test('is read in UTF-8 with or without BOM, in UTF-16, Shift_JIS and GB18030', () => {
    const utf8 = '番号,氏名,言語\n101,佐藤 花子,ja\n102,Li Wei,中文\n';
    const expected = [
      { number: '101', name: '佐藤 花子', language: 'ja' },
      { number: '102', name: 'Li Wei', language: 'zh-CN' },
    ];
    expect(readRoster(Buffer.from(utf8), 'en').entries).toEqual(expected);
    expect(readRoster(Buffer.from(`\ufeff${utf8}`), 'en').entries).toEqual(expected);
    const tabs = Buffer.from(`\ufeff${utf8.replaceAll(',', '\t')}`, 'utf16le');
    expect(readRoster(tabs, 'en')).toMatchObject({ encoding: 'utf-16', entries: expected });
    expect(readRoster(shiftJis, 'ja')).toMatchObject({
      encoding: 'shift_jis',
      entries: [{ name: '佐藤 花子' }, { name: '鈴木 一郎' }],
    });
    expect(readRoster(gb18030, 'zh-CN')).toMatchObject({
      encoding: 'gb18030',
      entries: [{ name: '王小明' }, { name: '张伟' }],
    });
  });

  test('whose encoding is anybody’s guess is refused rather than read with wrong names', () => {
    const latin1 = Buffer.from('number,name\n1,José Müller\n', 'latin1');
    const big5 = bytes('AEC7B8B92CA96DA6570D0A312CB3AFA470A9FA0D0A');
    const noise = Buffer.from(Array.from({ length: 400 }, (_, n) => (n * 151) % 256));
    for (const file of [latin1, big5, noise, Buffer.from('number,name\n1,a\0b\n')])
      expect(refusal(file)).toBe('workshop.roster-encoding');
  });

  test('keeps quoted cells, semicolons and lines, and says by line what is wrong', () => {
    const file = [
      'Student ID;Full name;Lang',
      '7;"Tanaka; Aoi";ja',
      '8;"Li\nWei";zh',
      ';Nobody;en',
      '９;;en',
      '07;Ren;fr',
      '7;Ren;',
      '',
      '10;a\u202eb;',
      '11;=1+2;',
    ].join('\r\n');
    const { entries, problems } = readRoster(Buffer.from(file), 'en');
    expect(entries.map(({ name }) => name)).toEqual(['Tanaka; Aoi', 'Li Wei', '=1+2']);
    expect(problems).toEqual([
      { line: 5, reason: 'no-number', text: 'Nobody' },
      { line: 6, reason: 'no-name', text: '９' },
      { line: 7, reason: 'language', text: 'fr' },
      { line: 8, reason: 'number-twice', text: '7' },
      { line: 10, reason: 'name-odd', text: 'a\u202eb' },
    ]);
  });

  test('without the columns, or too long, is refused', () => {
    expect(refusal(Buffer.from('101,Aoi\n'))).toBe('workshop.roster-columns');
    expect(refusal(Buffer.from(''))).toBe('workshop.roster-columns');
    expect(refusal(Buffer.from('number,name\n1,"a'))).toBe('workshop.roster-columns');
    const lines = Array.from({ length: 501 }, (_, n) => `${n},x`).join('\n');
    expect(refusal(Buffer.from(`number,name\n${lines}`))).toBe('workshop.roster-size');
  });
});

const upload = async (
  staff: TestBrowser,
  url: string,
  id: string,
  file: string,
  apply: boolean,
) => {
  const answer = await fetch(`${url}/api/workshops/${id}/roster?apply=${apply}`, {
    method: 'POST',
    headers: { origin: url, cookie: staff.cookie, 'content-type': 'application/octet-stream' },
    body: Buffer.from(file),
  });
  return answer.json();
};

test('those on the roster come in by personal link or by number and PIN, and nobody else does', async () => {
  await using server = await startServer();
  const staff = await server.staff('instructor');
  const { id, joinCode } = await makeWorkshop(staff, { joining: 'roster', seats: 1 });
  const send = (file: string, apply: boolean) => upload(staff, server.url, id, file, apply);
  const file = 'number,name\nS1,Aoi\nS2,Ren\nS3,Mio\n';
  expect(await send(file, false)).toMatchObject({ added: 3, applied: false });
  expect((await staff.call('GET', `/api/workshops/${id}/slips`)).body).toEqual([]);
  expect(await send(`${file}S1,Jun\n`, true)).toMatchObject({ applied: false });
  expect(await send(file, true)).toMatchObject({ added: 3, applied: true });
  // Room is made for all of it.
  expect((await staff.call('GET', `/api/workshops/${id}`)).body.seats).toBe(3);
  const { body: slips } = await staff.call('GET', `/api/workshops/${id}/slips`);
  const [aoi, ren] = slips;

  const join = (browser: TestBrowser, body: unknown) =>
    browser.call('POST', `/api/join/${joinCode}`, body);
  const byPin = await guestBrowser(server.url);
  const wrong = { by: 'pin', number: 's1', pin: aoi.pin === '000000' ? '000001' : '000000' };
  expect(codeOf(await join(byPin, wrong))).toBe('workshop.pin-wrong');
  expect(codeOf(await join(byPin, { ...wrong, number: 'S9' }))).toBe('workshop.pin-wrong');
  expect((await join(byPin, { by: 'pin', number: ' ｓ1', pin: aoi.pin })).body.seat.name).toBe(
    'Aoi',
  );
  const byName = { by: 'name', name: 'Mio', number: 'S3', language: 'en' };
  expect(codeOf(await join(byPin, byName))).toBe('workshop.roster-only');
  const byLink = await guestBrowser(server.url);
  const resumed = await byLink.call('POST', '/api/session/resume', { code: ren.personalCode });
  expect(resumed.body.seat.name).toBe('Ren');

  // Who asks for a seat that goes meanwhile is told that nobody asks any more.
  const asking = await guestBrowser(server.url);
  const ask = { name: 'Mio', number: 'S3' };
  const ticket = await asking.call('POST', `/api/join/${joinCode}/rejoins`, ask);
  expect(ticket.status).toBe(201);

  // A new one keeps PINs and whoever has come; who is not on it any more and has not come, goes.
  const next = 'number,name\nS1,Aoi Tanaka\nS4,Jun\n';
  expect(await send(next, true)).toMatchObject({ added: 1, changed: 1, gone: 1, applied: true });
  const { body: after } = await staff.call('GET', `/api/workshops/${id}/slips`);
  expect(after.map(({ number, name }: { number: string; name: string }) => [number, name])).toEqual(
    [
      ['S1', 'Aoi Tanaka'],
      ['S2', 'Ren'],
      ['S4', 'Jun'],
    ],
  );
  expect(codeOf(await asking.call('POST', '/api/rejoins', ticket.body))).toBe(
    'workshop.rejoin-unknown',
  );
  expect(after[0].pin).toBe(aoi.pin);
  expect((await byPin.session()).seat?.name).toBe('Aoi Tanaka');
});

test('a new roster drops who never came, even if they were removed, written to or marked', async () => {
  await using server = await startServer();
  const staff = await server.staff('instructor');
  const { id } = await makeWorkshop(staff, { joining: 'roster' });
  await upload(staff, server.url, id, 'number,name\nS1,Aoi\nS2,Ren\nS3,Mio\n', true);
  const { body: seats } = await staff.call('GET', `/api/workshops/${id}/seats`);
  const idOf = (number: string): string =>
    seats.find((seat: { number: string }) => seat.number === number).learnerId;
  const [written, removed] = [idOf('S2'), idOf('S3')];

  const store = await openStore(server.config.TATAMI_DATA_DIR);
  try {
    await staff.call('DELETE', `/api/workshops/${id}/seats/${removed}`);
    const begun = store.selectFrom('attempts').select('learner_id').execute();
    expect(await begun).toEqual([]);

    const message = { kind: 'broadcast', to: [written], text: 'Where are you?' };
    const told = await staff.call('POST', `/api/workshops/${id}/messages`, message);
    expect(told.status).toBe(204);
    const change = { itemId: 'two', earned: 5, reason: 'Ren was ill' };
    const path = `/api/workshops/${id}/marks/${written}/changes`;
    expect((await staff.call('POST', path, change)).status).toBe(200);

    const next = 'number,name\nS1,Aoi\n';
    expect(await upload(staff, server.url, id, next, true)).toMatchObject({
      ...{ gone: 2, applied: true },
    });
    const left = await store
      .selectFrom('learners')
      .select('id')
      .where('id', 'in', [idOf('S1'), written, removed])
      .execute();
    expect(left).toEqual([{ id: idOf('S1') }]);
    const changes = store.selectFrom('mark_changes').select(['learner_id', 'personal']).execute();
    expect(await changes).toEqual([{ learner_id: null, personal: null }]);
  } finally {
    await store.destroy();
  }
});

test('a roster that with those who have come is more than a workshop can have is refused', async () => {
  await using server = await startServer();
  const staff = await server.staff('instructor');
  const workshop = await makeWorkshop(staff, { joining: 'name-number' });
  await joinAs(await guestBrowser(server.url), workshop, 'Aoi', 'A1');
  const file = (lines: number) =>
    `number,name\n${Array.from({ length: lines }, (_, n) => `S${n},x${n}\n`).join('')}`;
  const send = (lines: number) => upload(staff, server.url, workshop.id, file(lines), true);
  expect(codeOf({ body: await send(500) })).toBe('workshop.roster-size');
  const read = async () => (await staff.call('GET', `/api/workshops/${workshop.id}`)).body;
  expect(await read()).toMatchObject({ seats: 10 });
  expect(await send(499)).toMatchObject({ applied: true });
  expect(await read()).toMatchObject({ seats: 500 });
});

test('PINs of one number are not guessed, from however many browsers, and its learner still gets in', async () => {
  await using server = await startServer();
  const staff = await server.staff('instructor');
  const { id, joinCode } = await makeWorkshop(staff, { joining: 'roster' });
  await upload(staff, server.url, id, 'number,name\n1,Aoi\n2,Ren\n', true);
  const { body: slips } = await staff.call('GET', `/api/workshops/${id}/slips`);
  const codes: (string | undefined)[] = [];
  for (let n = 0; n < 22; n += 1) {
    const pin = String((Number(slips[0].pin) + 1 + n) % 1_000_000).padStart(6, '0');
    const browser = await guestBrowser(server.url);
    codes.push(
      codeOf(await browser.call('POST', `/api/join/${joinCode}`, { by: 'pin', number: '1', pin })),
    );
  }
  expect(codes.filter((code) => code === 'workshop.pin-wrong')).toHaveLength(20);
  expect(codes.at(-1)).toBe('workshop.pin-locked');
  const other = { by: 'pin', number: '2', pin: slips[1].pin };
  const neighbour = await guestBrowser(server.url);
  expect((await neighbour.call('POST', `/api/join/${joinCode}`, other)).status).toBe(200);

  // Aoi has her PIN, which lets her in no more; her link does, and the staff can.
  const aoi = await guestBrowser(server.url);
  const own = { by: 'pin', number: '1', pin: slips[0].pin };
  for (let n = 0; n < 7; n += 1)
    expect(codeOf(await aoi.call('POST', `/api/join/${joinCode}`, own))).toBe(
      'workshop.pin-locked',
    );
  const byNumber = { name: null, number: '1' };
  const asked = await aoi.call('POST', `/api/join/${joinCode}/rejoins`, byNumber);
  expect(asked.status).toBe(201);
  const [rejoin] = (await staff.call('GET', `/api/workshops/${id}/rejoins`)).body;
  expect(rejoin.seat.name).toBe('Aoi');
  await staff.call('POST', `/api/workshops/${id}/rejoins/${rejoin.id}`, { allow: true });
  expect((await aoi.call('POST', '/api/rejoins', asked.body)).body).toEqual({ answer: 'yes' });
  expect((await aoi.session()).seat?.name).toBe('Aoi');
  // Nor do one's own wrong PINs keep anybody from asking.
  const ren = await guestBrowser(server.url);
  for (let n = 0; n < 6; n += 1)
    await ren.call('POST', `/api/join/${joinCode}`, { by: 'pin', number: '2', pin: `x${n}` });
  const asks = { name: null, number: '2' };
  expect((await ren.call('POST', `/api/join/${joinCode}/rejoins`, asks)).status).toBe(201);
  const elsewhere = await guestBrowser(server.url);
  const { personalCode: code } = slips[0];
  expect((await elsewhere.call('POST', '/api/session/resume', { code })).status).toBe(200);
});

test('who guesses PINs is seen by the staff, by seat; typing errors and numbers of nobody are not', async () => {
  await using server = await startServer();
  const staff = await server.staff('instructor');
  const { id, joinCode } = await makeWorkshop(staff, { joining: 'roster' });
  await upload(staff, server.url, id, 'number,name\n1,Aoi\n2,Ren\n3,Mio\n', true);
  const { body: slips } = await staff.call('GET', `/api/workshops/${id}/slips`);
  const guess = async (number: string, times: number, pin = 'wrong') => {
    for (let n = 0; n < times; n += 1) {
      const browser = await guestBrowser(server.url);
      await browser.call('POST', `/api/join/${joinCode}`, { by: 'pin', number, pin });
    }
  };
  await guess('1', 21);
  await guess('2', 2);
  await guess('3', 6);
  await guess('9', 21);
  const guesses = async () => (await staff.call('GET', `/api/workshops/${id}/guesses`)).body;
  expect(await guesses()).toMatchObject([
    { name: 'Aoi', number: '1', wrong: 20, locked: true },
    { name: 'Mio', number: '3', wrong: 6, locked: false },
  ]);
  await guess('3', 1, slips[2].pin);
  expect(await guesses()).toMatchObject([{ name: 'Aoi' }]);
  const other = await server.staff('instructor', 'Kimura');
  expect(codeOf(await other.call('GET', `/api/workshops/${id}/guesses`))).toBe('workshop.unknown');
  // Where there is no roster, a number alone names nobody's seat.
  const open = await makeWorkshop(staff, { joining: 'name-number' });
  const guest = await guestBrowser(server.url);
  const named = { by: 'name', name: 'Jun', number: '7', language: 'en' };
  await guest.call('POST', `/api/join/${open.joinCode}`, named);
  const asks = { name: null, number: '7' };
  expect(codeOf(await guest.call('POST', `/api/join/${open.joinCode}/rejoins`, asks))).toBe(
    'workshop.seat-unknown',
  );
});
