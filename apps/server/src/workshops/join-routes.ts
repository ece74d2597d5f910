import {
  AppError,
  JoinInfo,
  JoinRequest,
  RejoinAnswer,
  RejoinRequest,
  RejoinTicket,
  Session,
} from '@tatami/protocol';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { guestOf, perMinuteAndGuest } from '../http/guests.ts';
import { readSession } from '../sessions/cookie.ts';
import type { Learners } from '../sessions/learners.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Guest, Joins } from './joins.ts';
import type { Rejoins } from './rejoins.ts';
import type { Seats } from './seats.ts';
import type { Workshops } from './workshops.ts';

const ByCode = z.object({ code: z.string().min(1).max(40) });

interface JoinParts {
  workshops: Workshops;
  seats: Seats;
  joins: Joins;
  rejoins: Rejoins;
  learners: Learners;
  sessions: Sessions;
}

/** How learners come into a workshop, and back into their seat. */
export const joinRoutes: FastifyPluginAsyncZod<JoinParts> = async (app, parts) => {
  const { workshops, seats, joins, rejoins, learners, sessions } = parts;

  app.get(
    '/api/join/:code',
    {
      config: { rateLimit: perMinuteAndGuest(60) },
      schema: { params: ByCode, response: { 200: JoinInfo } },
    },
    async (request) => {
      const workshop = await joins.workshop(guest(request), request.params.code);
      const { title, labId, language, state, opensAt, joining } = workshop;
      return {
        ...{ title, labId, language, state, opensAt, joining },
        endsAt: workshop.endedAt ?? workshop.closesAt,
        isFull: joining !== 'roster' && (await seats.count(workshop.id)) >= workshop.seats,
        recordingsDays: workshop.recordingsDays,
        marksDays: workshop.marksDays,
      };
    },
  );

  app.post(
    '/api/join/:code',
    {
      config: { rateLimit: perMinuteAndGuest(20) },
      schema: { params: ByCode, body: JoinRequest, response: { 200: Session } },
    },
    async (request, reply) => {
      const who = guest(request);
      const workshop = await joins.workshop(who, request.params.code);
      return sessions.open(reply, await joins.join(who, workshop, request.body));
    },
  );

  app.post(
    '/api/join/:code/rejoins',
    {
      config: { rateLimit: perMinuteAndGuest(6) },
      schema: { params: ByCode, body: RejoinRequest, response: { 201: RejoinTicket } },
    },
    async (request, reply) => {
      const workshop = await joins.workshop(guest(request), request.params.code);
      const { name, number } = request.body;
      const learnerId = await seats.named(workshop, name, number);
      if (!learnerId) throw new AppError('workshop.seat-unknown');
      const ticket = await rejoins.ask(workshop.id, learnerId);
      workshops.emit('seats', workshop.id, [learnerId]);
      return reply.code(201).send({ ticket });
    },
  );

  app.post(
    '/api/rejoins',
    {
      config: { rateLimit: perMinuteAndGuest(60) },
      schema: { body: RejoinTicket, response: { 200: RejoinAnswer } },
    },
    async (request, reply) => {
      const { answer, learnerId } = await rejoins.answer(request.body.ticket);
      if (answer !== 'yes') return { answer };
      const learner = await learners.byId(learnerId);
      if (!learner) throw new AppError('workshop.rejoin-unknown');
      await sessions.open(reply, learner);
      await seats.arrive(learnerId);
      return { answer };
    },
  );
};

const guest = (request: FastifyRequest): Guest => ({
  name: guestOf(request),
  learnerId: readSession(request),
});
