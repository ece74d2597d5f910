import { AuditEntry, RaisedHand, SeatInRoom, TypingAnswer } from '@tatami/protocol';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { learnerOf } from '../http/access.ts';
import type { Rooms } from './rooms.ts';

/** A hand goes up and down as fast as a person moves it. */
const rateLimit = {
  max: 60,
  timeWindow: 60_000,
  keyGenerator: (request: FastifyRequest) => request.learner?.id ?? request.ip,
};
const ByConsent = z.object({ consent: z.coerce.number().pipe(z.int().positive()) });
const nothing = { 204: z.null() };

/** The room of the workshop in which the session's learner sits. */
export const roomLearnerRoutes: FastifyPluginAsyncZod<{ rooms: Rooms }> = async (
  app,
  { rooms },
) => {
  const { audit, hands, workshops } = rooms.parts;

  app.get('/api/room', { schema: { response: { 200: SeatInRoom } } }, async (request) => {
    const { id } = learnerOf(request);
    return { room: (await rooms.ofLearner(id))?.of(id) ?? null };
  });
  app.put(
    '/api/room/hand',
    { config: { rateLimit }, schema: { body: RaisedHand, response: nothing } },
    async (request, reply) => {
      const { id } = learnerOf(request);
      const room = await rooms.demandRoom(id);
      await hands.raise(room.workshop.id, id, request.body.about);
      await room.handsChanged();
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/room/hand',
    { config: { rateLimit }, schema: { response: nothing } },
    async (request, reply) => {
      const { id } = learnerOf(request);
      const room = await rooms.demandRoom(id);
      await hands.lower(id);
      await room.handsChanged();
      return reply.code(204).send(null);
    },
  );
  app.put(
    '/api/room/typing/:consent',
    { schema: { params: ByConsent, body: TypingAnswer, response: nothing } },
    async (request, reply) => {
      const { id } = learnerOf(request);
      const room = await rooms.demandRoom(id);
      await room.typing.answer(id, request.params.consent, request.body.agree);
      return reply.code(204).send(null);
    },
  );
  app.delete('/api/room/typing', { schema: { response: nothing } }, async (request, reply) => {
    const { id } = learnerOf(request);
    await (await rooms.demandRoom(id)).typing.end(id);
    return reply.code(204).send(null);
  });
  // Also once the workshop has ended.
  app.get(
    '/api/room/audit',
    { schema: { response: { 200: z.array(AuditEntry) } } },
    async (request) => {
      const { id } = learnerOf(request);
      const seat = await workshops.seatOf(id);
      return seat ? audit.ofLearner(seat.workshopId, id) : [];
    },
  );
};
