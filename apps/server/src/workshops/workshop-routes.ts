import { isDeepStrictEqual } from 'node:util';
import { AppError, Closing, Workshop, WorkshopId, WorkshopPlan } from '@tatami/protocol';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { accountOf } from '../http/access.ts';
import type { Labs } from '../labs/labs.ts';
import type { Seats } from './seats.ts';
import type { Workshops } from './workshops.ts';

/** From its beginning to its end. */
const longestMs = 31 * 24 * 3600_000;
const ById = z.object({ workshop: WorkshopId });

interface WorkshopParts {
  workshops: Workshops;
  seats: Seats;
  labs: Labs;
  /** Whether marks of it were ever fixed. */
  isGraded: (workshopId: string) => Promise<boolean>;
}

/** Workshops as their staff plan and run them; the table of permissions says who of them may what. */
export const workshopRoutes: FastifyPluginAsyncZod<WorkshopParts> = async (
  app,
  { workshops, seats, labs, isGraded },
) => {
  const response = { 200: Workshop };

  app.get('/api/workshops', { schema: { response: { 200: z.array(Workshop) } } }, async (request) =>
    workshops.ofStaff(accountOf(request)),
  );

  app.post(
    '/api/workshops',
    { schema: { body: WorkshopPlan, response: { 201: Workshop } } },
    async (request, reply) => {
      const { body } = request;
      labs.ready(body.labId);
      demandWindow(body.opensAt, body.closesAt);
      demandFuture(body.closesAt);
      return reply.code(201).send(await workshops.create(body, accountOf(request)));
    },
  );

  app.get('/api/workshops/:workshop', { schema: { params: ById, response } }, async (request) =>
    workshops.forStaff(accountOf(request), request.params.workshop),
  );

  app.put(
    '/api/workshops/:workshop',
    { schema: { params: ById, body: WorkshopPlan, response } },
    async (request) => {
      const { body } = request;
      const old = await workshops.forStaff(accountOf(request), request.params.workshop);
      labs.ready(body.labId);
      const isMoved = Date.parse(body.opensAt) !== Date.parse(old.opensAt);
      demandWindow(isMoved ? body.opensAt : beginOf(old), body.closesAt);
      if (Date.parse(body.closesAt) !== Date.parse(old.closesAt)) demandFuture(body.closesAt);
      const taken = await seats.count(old.id);
      if (body.seats < taken) throw new AppError('workshop.seats-taken');
      if (body.labId !== old.labId && taken > 0) throw new AppError('workshop.lab-fixed');
      // What learners were told an item is worth stays; afterwards one grades again.
      if (!isDeepStrictEqual(body.weights, old.weights))
        if (old.state !== 'draft' || (await isGraded(old.id)))
          throw new AppError('marks.weights-fixed');
      return workshops.change(old.id, body);
    },
  );

  app.post(
    '/api/workshops/:workshop/open',
    { schema: { params: ById, response } },
    async (request) => {
      const { id, state } = await workshops.forStaff(accountOf(request), request.params.workshop);
      if (state === 'ended') throw new AppError('workshop.ended');
      return workshops.open(id);
    },
  );

  app.post(
    '/api/workshops/:workshop/end',
    { schema: { params: ById, response } },
    async (request) => {
      const found = await workshops.forStaff(accountOf(request), request.params.workshop);
      // It stays ended when it was.
      return found.state === 'ended' ? found : workshops.end(found.id);
    },
  );

  app.post(
    '/api/workshops/:workshop/closing',
    { schema: { params: ById, body: Closing, response } },
    async (request) => {
      const { closesAt } = request.body;
      const found = await workshops.forStaff(accountOf(request), request.params.workshop);
      demandWindow(beginOf(found), closesAt);
      demandFuture(closesAt);
      return workshops.closeAt(found.id, closesAt);
    },
  );
};

/** Opened by hand, a workshop may end before the time at which it was to begin. */
const beginOf = ({ openedAt, opensAt }: Workshop): string => openedAt ?? opensAt;

/** @throws `workshop.window`. */
function demandWindow(opensAt: string, closesAt: string): void {
  const ms = Date.parse(closesAt) - Date.parse(opensAt);
  if (ms <= 0 || ms > longestMs) throw new AppError('workshop.window');
}

/** @throws `workshop.window`. */
function demandFuture(closesAt: string): void {
  if (Date.parse(closesAt) <= Date.now()) throw new AppError('workshop.window');
}
