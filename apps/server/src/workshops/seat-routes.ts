import {
  Account,
  AccountId,
  AppError,
  LearnerId,
  maxRosterBytes,
  PinGuesses,
  Rejoin,
  RejoinDecision,
  RosterEntry,
  RosterReport,
  SeatStanding,
  Slip,
  type Workshop,
  WorkshopId,
} from '@tatami/protocol';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Attempts } from '../attempts/attempts.ts';
import { accountOf } from '../http/access.ts';
import type { Joins } from './joins.ts';
import type { Rejoins } from './rejoins.ts';
import { readRoster } from './roster.ts';
import type { SeatStreams } from './seat-streams.ts';
import type { Seats } from './seats.ts';
import type { Workshops } from './workshops.ts';

const ById = z.object({ workshop: WorkshopId });
const BySeat = ById.extend({ seat: LearnerId });
const octets = 'application/octet-stream';

interface SeatParts {
  workshops: Workshops;
  seats: Seats;
  joins: Joins;
  rejoins: Rejoins;
  seatStreams: SeatStreams;
  attempts: Attempts;
}

/** Who sits in a workshop, as its staff see and change it. */
export const seatRoutes: FastifyPluginAsyncZod<SeatParts> = async (app, parts) => {
  const { workshops, seats, joins, rejoins, seatStreams, attempts } = parts;
  const response = { 200: z.array(SeatStanding) };
  app.addContentTypeParser(octets, { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );

  const workshopOf = (request: FastifyRequest): Promise<Workshop> =>
    workshops.forStaff(accountOf(request), (request.params as { workshop: string }).workshop);

  const standings = async (workshopId: string): Promise<SeatStanding[]> =>
    (await workshops.seats(workshopId)).map((seat) => ({
      ...seat,
      browsers: seatStreams.browsersOf(seat.learnerId),
    }));

  /** @throws `workshop.seat-unknown`, for seats of other workshops, too. */
  const demandSeat = async (workshopId: string, learnerId: string): Promise<void> => {
    const seat = await workshops.seatOf(learnerId);
    if (seat?.workshopId !== workshopId) throw new AppError('workshop.seat-unknown');
  };

  app.get(
    '/api/workshops/:workshop/seats',
    { schema: { params: ById, response } },
    async (request) => standings((await workshopOf(request)).id),
  );

  app.post(
    '/api/workshops/:workshop/seats',
    { schema: { params: ById, body: RosterEntry, response } },
    async (request) => {
      const workshop = await workshopOf(request);
      await seats.add(workshop, request.body);
      return standings(workshop.id);
    },
  );

  app.delete(
    '/api/workshops/:workshop/seats/:seat',
    { schema: { params: BySeat, response } },
    async (request) => {
      const { id, labId } = await workshopOf(request);
      const { seat } = request.params;
      await demandSeat(id, seat);
      await seats.remove(seat);
      await attempts.stopIfBegun({ learnerId: seat, labId });
      return standings(id);
    },
  );

  app.post(
    '/api/workshops/:workshop/seats/:seat/restore',
    { schema: { params: BySeat, response } },
    async (request) => {
      const workshop = await workshopOf(request);
      await demandSeat(workshop.id, request.params.seat);
      await seats.restore(workshop, request.params.seat);
      return standings(workshop.id);
    },
  );

  app.post(
    '/api/workshops/:workshop/roster',
    {
      bodyLimit: maxRosterBytes,
      schema: {
        params: ById,
        querystring: z.object({ apply: z.stringbool().default(false) }),
        response: { 200: RosterReport },
      },
    },
    async (request) => {
      const workshop = await workshopOf(request);
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.of();
      const roster = readRoster(body, workshop.language);
      const { added, changed, gone } = await seats.compare(workshop.id, roster.entries);
      const applied = request.query.apply && roster.problems.length === 0;
      if (applied) await seats.keep(workshop, roster.entries);
      const counts = { added: added.length, changed: changed.length, gone: gone.length };
      return { ...roster, ...counts, applied };
    },
  );

  app.get(
    '/api/workshops/:workshop/slips',
    { schema: { params: ById, response: { 200: z.array(Slip) } } },
    async (request, reply) => {
      const { id } = await workshopOf(request);
      return reply.header('cache-control', 'no-store').send(await seats.slips(id));
    },
  );

  const waiting = async (workshopId: string): Promise<Rejoin[]> => {
    const all = await standings(workshopId);
    return (await rejoins.waiting(workshopId)).flatMap(({ id, learnerId, askedAt }) => {
      const seat = all.find((one) => one.learnerId === learnerId);
      return seat ? [{ id, seat, askedAt }] : [];
    });
  };

  app.get(
    '/api/workshops/:workshop/rejoins',
    { schema: { params: ById, response: { 200: z.array(Rejoin) } } },
    async (request) => waiting((await workshopOf(request)).id),
  );

  app.post(
    '/api/workshops/:workshop/rejoins/:rejoin',
    {
      schema: {
        params: ById.extend({ rejoin: Rejoin.shape.id }),
        body: RejoinDecision,
        response: { 200: z.array(Rejoin) },
      },
    },
    async (request) => {
      const { id } = await workshopOf(request);
      await rejoins.decide(id, request.params.rejoin, request.body.allow);
      return waiting(id);
    },
  );

  app.get(
    '/api/workshops/:workshop/guesses',
    { schema: { params: ById, response: { 200: z.array(PinGuesses) } } },
    async (request) => {
      const { id } = await workshopOf(request);
      const guessed = joins.pins.of(id);
      const taken = guessed.length > 0 ? await workshops.seats(id) : [];
      return guessed.flatMap(({ learnerId, count: wrong, locked, at }) => {
        const seat = taken.find((one) => one.learnerId === learnerId);
        if (!seat) return [];
        const { name, number } = seat;
        return [{ name, number: number ?? '', wrong, locked, at: new Date(at).toISOString() }];
      });
    },
  );

  const staffOf = { 200: z.array(Account) };

  app.get(
    '/api/workshops/:workshop/staff',
    { schema: { params: ById, response: staffOf } },
    async (request) => workshops.staff((await workshopOf(request)).id),
  );

  app.put(
    '/api/workshops/:workshop/staff/:account',
    { schema: { params: ById.extend({ account: AccountId }), response: staffOf } },
    async (request) => {
      const { id } = await workshopOf(request);
      await workshops.addStaff(id, request.params.account);
      return workshops.staff(id);
    },
  );

  app.delete(
    '/api/workshops/:workshop/staff/:account',
    { schema: { params: ById.extend({ account: AccountId }), response: staffOf } },
    async (request) => {
      const { id } = await workshopOf(request);
      await workshops.removeStaff(id, request.params.account);
      return workshops.staff(id);
    },
  );
};
