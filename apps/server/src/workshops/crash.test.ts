import { dirname, join } from 'node:path';
import { SeatStanding } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { joinStaff, setupToken } from '../../test/running-server.ts';
import { startServerProcess } from '../../test/server-process.ts';
import { guestBrowser, joinAs, makeWorkshop } from '../../test/workshop.ts';
import type { ServerConfig } from '../config.ts';

test('seats that were acknowledged survive kill -9, each once, and so does a wish to rejoin', async () => {
  await using server = await startServerProcess();
  const dataDir = join(dirname(server.socketPath), 'data');
  const token = await setupToken({ TATAMI_DATA_DIR: dataDir } as ServerConfig);
  const staff = await joinStaff(server.url, token, 'Sato');
  const workshop = await makeWorkshop(staff, { seats: 100 });
  const joined: { name: string; code: string }[] = [];
  const learner = async (n: number) => {
    const name = `Learner ${n}`;
    const browser = await guestBrowser(server.url);
    const { status, body } = await joinAs(browser, workshop, name);
    if (status === 200) joined.push({ name, code: body.resumeCode });
    if (joined.length === 12) await server.kill();
  };
  // Killed while others join.
  await Promise.allSettled(Array.from({ length: 24 }, (_, n) => learner(n)));
  await server.startAgain();
  expect(joined.length).toBeGreaterThanOrEqual(12);
  const path = `/api/workshops/${workshop.id}`;
  const seats = SeatStanding.array().parse((await staff.call('GET', `${path}/seats`)).body);
  const names = seats.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(joined.filter(({ name }) => !names.includes(name))).toEqual([]);
  const elsewhere = await guestBrowser(server.url);
  const [first] = joined;
  const resumed = await elsewhere.call('POST', '/api/session/resume', { code: first?.code });
  expect(resumed.body.seat.name).toBe(first?.name);

  const asking = await guestBrowser(server.url);
  const ask = { name: first?.name, number: null };
  const { body: ticket } = await asking.call('POST', `/api/join/${workshop.joinCode}/rejoins`, ask);
  await server.kill();
  await server.startAgain();
  const [asked] = (await staff.call('GET', `${path}/rejoins`)).body;
  await staff.call('POST', `${path}/rejoins/${asked.id}`, { allow: true });
  expect((await asking.call('POST', '/api/rejoins', ticket)).body).toEqual({ answer: 'yes' });
}, 60_000);
