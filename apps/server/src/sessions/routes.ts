import { AppError, ResumeRequest, Session } from '@tatami/protocol';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AttemptStore } from '../attempts/attempt-store.ts';
import type { Labs } from '../labs/labs.ts';
import { readSession, writeSession } from './cookie.ts';
import type { Learner, Learners } from './learners.ts';

/** Guesses of a resume code and new sessions from one address; a classroom behind one address fits. */
const perMinute = { max: 120, timeWindow: 60_000 };

/** A browser's session and how it goes on elsewhere. */
export const sessionRoutes: FastifyPluginAsyncZod<{
  learners: Learners;
  attempts: AttemptStore;
  labs: Labs;
  secure: boolean;
}> = async (app, { learners, attempts, labs, secure }) => {
  const sessionOf = async ({ id, resumeCode }: Learner): Promise<Session> => {
    const passed = await attempts.passedIds(id);
    const standing = labs.all.map((lab) => ({
      lab: lab.id,
      passed: lab.checkIds.filter((check) =>
        passed.some(({ labId, checkId }) => labId === lab.id && checkId === check),
      ).length,
      total: lab.checkIds.length,
    }));
    return { resumeCode, labs: standing };
  };

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
      writeSession(reply, learner.id, secure);
      return sessionOf(learner);
    },
  );

  app.post(
    '/api/session/resume',
    {
      config: { rateLimit: perMinute },
      schema: { body: ResumeRequest, response: { 200: Session } },
    },
    async ({ body }, reply) => {
      const learner = await learners.byResumeCode(body.code);
      if (!learner) throw new AppError('session.code-unknown');
      writeSession(reply, learner.id, secure);
      return sessionOf(learner);
    },
  );
};
