import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkshopPlan } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { startServer } from '../../test/running-server.ts';
import { fromNow, makeWorkshop, plan } from '../../test/workshop.ts';
import { Learners } from '../sessions/learners.ts';
import { openStore } from '../store/database.ts';
import { Seats } from './seats.ts';
import { Workshops } from './workshops.ts';

const maker = { id: '0'.repeat(16), role: 'instructor' as const };
const hourMs = 3600_000;

/** A store with an account, and a clock to be set. */
async function openWorkshops() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-workshops-'));
  const store = await openStore(dir);
  const at = new Date().toISOString();
  await store
    .insertInto('accounts')
    .values({
      ...{ id: maker.id, name: 'Sato', name_key: 'sato', role: maker.role },
      ...{ password_hash: '', created_at: at, disabled_at: null },
    })
    .execute();
  const clock = { now: Date.parse('2026-03-09T10:00:00.000Z') };
  const now = () => new Date(clock.now);
  const workshops = new Workshops(store, now);
  const seats = new Seats({ store, learners: new Learners(store), workshops }, now);
  return {
    ...{ clock, workshops, seats },
    async [Symbol.asyncDispose]() {
      await store.destroy();
      await rm(dir, { recursive: true });
    },
  };
}

const hours = (from: number, to: number, clock: { now: number }): WorkshopPlan =>
  plan({
    opensAt: new Date(clock.now + from * hourMs).toISOString(),
    closesAt: new Date(clock.now + to * hourMs).toISOString(),
  }) as WorkshopPlan;

test('a clock that jumps changes nothing for good, but what was ended by hand stays ended', async () => {
  await using room = await openWorkshops();
  const { clock, workshops } = room;
  const { id } = await workshops.create(hours(1, 3, clock), maker);
  const states: string[] = [];
  for (const jump of [2, 2, -2, -2, 2]) {
    states.push((await workshops.known(id)).state);
    clock.now += jump * hourMs;
  }
  expect(states).toEqual(['draft', 'open', 'ended', 'open', 'draft']);
  await workshops.end(id);
  clock.now -= 24 * hourMs;
  expect(await workshops.known(id)).toMatchObject({ state: 'ended' });
  expect(await workshops.joinable()).toEqual([]);
});

test('whoever joins while the clock is put back gets one seat, in the order of joining or not', async () => {
  await using room = await openWorkshops();
  const { clock, workshops, seats } = room;
  const workshop = await workshops.create(hours(-1, 3, clock), maker);
  const join = (name: string) =>
    seats.join(workshop, { by: 'name', name, number: null, language: 'en' });
  const first = await join('Aoi');
  clock.now -= 2 * hourMs;
  const second = await join('Ren');
  await expect(join('Aoi')).rejects.toMatchObject({ code: 'workshop.name-taken' });
  const ids = (await workshops.seats(workshop.id)).map(({ learnerId }) => learnerId);
  expect(ids.sort()).toEqual([first.id, second.id].sort());
});

test('an extended workshop ends when it was said last, and a reopened one is open', async () => {
  await using room = await openWorkshops();
  const { clock, workshops } = room;
  const { id } = await workshops.create(hours(-1, 1, clock), maker);
  const later = (n: number) => new Date(clock.now + n * hourMs).toISOString();
  await workshops.closeAt(id, later(2));
  clock.now += 1.5 * hourMs;
  expect(await workshops.known(id)).toMatchObject({ state: 'open' });
  clock.now += hourMs;
  expect(await workshops.known(id)).toMatchObject({ state: 'ended', endedAt: null });
  expect(await workshops.closeAt(id, later(1))).toMatchObject({ state: 'open' });
});

test('a workshop that was opened by hand before its time and ended is reopened at once', async () => {
  await using server = await startServer();
  const staff = await server.staff('instructor');
  const planned = { opensAt: fromNow(60), closesAt: fromNow(180) };
  const { id } = await makeWorkshop(staff, planned);
  const path = `/api/workshops/${id}`;
  const close = (closesAt: string) => staff.call('POST', `${path}/closing`, { closesAt });
  expect((await close(fromNow(30))).body.error.code).toBe('workshop.window');
  await staff.call('POST', `${path}/open`);
  await staff.call('POST', `${path}/end`);
  const closesAt = fromNow(30);
  expect((await close(closesAt)).body).toMatchObject({ state: 'open', closesAt });
  const put = (change: object) =>
    staff.call('PUT', path, plan({ ...planned, closesAt, ...change }));
  expect((await put({ title: 'Another' })).body).toMatchObject({ state: 'open', closesAt });
  expect((await put({ opensAt: fromNow(90) })).body.error.code).toBe('workshop.window');
});
