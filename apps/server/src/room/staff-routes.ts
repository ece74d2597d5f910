import {
  AppError,
  AuditEntry,
  HandRequest,
  LearnerId,
  LockRequest,
  MessageRequest,
  MirrorRequest,
  RoomSummary,
  TimerRequest,
  TypingRequest,
  WorkshopId,
} from '@tatami/protocol';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { accountOf } from '../http/access.ts';
import { readSession } from '../sessions/cookie.ts';
import type { Learners } from '../sessions/learners.ts';
import type { Acts } from './acts.ts';
import { roomOf } from './room-of.ts';
import type { Rooms } from './rooms.ts';

const ByWorkshop = z.object({ workshop: WorkshopId });
const ByHand = ByWorkshop.extend({ hand: z.coerce.number().pipe(z.int().positive()) });
const BySeat = ByWorkshop.extend({ seat: LearnerId });
const nothing = { 204: z.null() };

/** What the staff of a workshop do in its room; an instructor of another finds none. */
export const roomStaffRoutes: FastifyPluginAsyncZod<{
  rooms: Rooms;
  acts: Acts;
  learners: Learners;
}> = async (app, { rooms, acts, learners }) => {
  const { audit, workshops } = rooms.parts;
  const path = '/api/workshops/:workshop';
  const enter = (request: FastifyRequest) =>
    roomOf(rooms, accountOf(request), (request.params as z.infer<typeof ByWorkshop>).workshop);
  /** The seat that the address names, in this room. */
  const enterSeat = async (request: FastifyRequest) => {
    const room = await enter(request);
    const { seat } = request.params as z.infer<typeof BySeat>;
    if (!room.board.has(seat)) throw new AppError('room.seat-unknown');
    return { room, seat };
  };

  app.post(
    `${path}/messages`,
    { schema: { params: ByWorkshop, body: MessageRequest, response: nothing } },
    async (request, reply) => {
      await acts.tell(await enter(request), accountOf(request), request.body);
      return reply.code(204).send(null);
    },
  );
  app.put(
    `${path}/locks`,
    { schema: { params: ByWorkshop, body: LockRequest, response: nothing } },
    async (request, reply) => {
      await acts.lock(await enter(request), accountOf(request), request.body);
      return reply.code(204).send(null);
    },
  );
  app.put(
    `${path}/timer`,
    { schema: { params: ByWorkshop, body: TimerRequest, response: nothing } },
    async (request, reply) => {
      await acts.time(await enter(request), accountOf(request), request.body);
      return reply.code(204).send(null);
    },
  );
  app.delete(
    `${path}/timer`,
    { schema: { params: ByWorkshop, response: nothing } },
    async (request, reply) => {
      await acts.time(await enter(request), accountOf(request), null);
      return reply.code(204).send(null);
    },
  );
  app.put(
    `${path}/mirror`,
    { schema: { params: ByWorkshop, body: MirrorRequest, response: nothing } },
    async (request, reply) => {
      const room = await enter(request);
      // The machine of whoever learns in the same browser: nobody can show another's.
      const id = readSession(request);
      if (!id || !(await learners.byId(id))) throw new AppError('machine.missing');
      await acts.mirror(room, accountOf(request), id, request.body.terminal);
      return reply.code(204).send(null);
    },
  );
  app.delete(
    `${path}/mirror`,
    { schema: { params: ByWorkshop, response: nothing } },
    async (request, reply) => {
      (await enter(request)).endMirror();
      return reply.code(204).send(null);
    },
  );
  app.put(
    `${path}/hands/:hand`,
    { schema: { params: ByHand, body: HandRequest, response: nothing } },
    async (request, reply) => {
      const room = await enter(request);
      await acts.hand(room, accountOf(request), request.params.hand, request.body.act);
      return reply.code(204).send(null);
    },
  );
  app.put(
    `${path}/seats/:seat/typing`,
    { schema: { params: BySeat, body: TypingRequest, response: nothing } },
    async (request, reply) => {
      const { room, seat } = await enterSeat(request);
      await room.typing.ask(seat, accountOf(request), request.body.terminal);
      return reply.code(204).send(null);
    },
  );
  app.delete(
    `${path}/seats/:seat/typing`,
    { schema: { params: BySeat, response: nothing } },
    async (request, reply) => {
      const { room, seat } = await enterSeat(request);
      await room.typing.end(seat, accountOf(request));
      return reply.code(204).send(null);
    },
  );
  app.get(
    `${path}/audit`,
    { schema: { params: ByWorkshop, response: { 200: z.array(AuditEntry) } } },
    async (request) => {
      const { workshop } = await enter(request);
      const seats = await workshops.seats(workshop.id);
      const names = new Map(seats.map(({ learnerId, name }) => [learnerId, name]));
      return audit.ofRoom(workshop.id, (learnerId) => names.get(learnerId));
    },
  );
  app.get(
    `${path}/summary`,
    { schema: { params: ByWorkshop, response: { 200: RoomSummary } } },
    async (request) => acts.summary(await enter(request)),
  );
};
