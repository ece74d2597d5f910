import { AppError, ResumeRequest, Session } from '@tatami/protocol';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { guestOf, perMinuteAndGuest } from '../http/guests.ts';
import type { Seats } from '../workshops/seats.ts';
import { readSession, writeSession } from './cookie.ts';
import type { Learners } from './learners.ts';
import type { Sessions } from './sessions.ts';

/** Of one browser; of an address without cookies, what a class and their reloads need. */
const perMinute = {
  max: (_request: FastifyRequest, key: string) => (key.startsWith('address ') ? 600 : 120),
  timeWindow: 60_000,
  keyGenerator: (request: FastifyRequest) => readSession(request) ?? guestOf(request),
};

/** A browser's session and how it goes on elsewhere. */
export const sessionRoutes: FastifyPluginAsyncZod<{
  learners: Learners;
  sessions: Sessions;
  seats: Seats;
  secure: boolean;
}> = async (app, { learners, sessions, seats, secure }) => {
  app.get(
    '/api/session',
    {
      config: { rateLimit: perMinute },
      schema: { response: { 200: Session } },
    },
    async (request, reply) => {
      const id = readSession(request);
      const known = id ? await learners.byId(id) : undefined;
      const learner = known ?? (await learners.create());
      await learners.seen(learner.id);
      writeSession(reply, learner.id, secure);
      return sessions.of(learner);
    },
  );

  app.post(
    '/api/session/resume',
    {
      // 80 bits need no bound on guesses beyond what they cost.
      config: { rateLimit: perMinuteAndGuest(30) },
      schema: { body: ResumeRequest, response: { 200: Session } },
    },
    async ({ body }, reply) => {
      const learner = await learners.byResumeCode(body.code);
      if (!learner) throw new AppError('session.code-unknown');
      const session = await sessions.open(reply, learner);
      if (session.seat) await seats.arrive(learner.id);
      return session;
    },
  );
};
