import { defaultRetention, ErasureRequest, PrivacyNotice } from '@tatami/protocol';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { learnerOf } from '../http/access.ts';
import { clearSession } from '../sessions/cookie.ts';
import type { Workshops } from '../workshops/workshops.ts';
import type { Erasure } from './erasure.ts';
import type { Takeout } from './takeout.ts';

const perMinute = (max: number) => ({
  max,
  timeWindow: 60_000,
  keyGenerator: (request: FastifyRequest) => request.learner?.id ?? request.ip,
});
const unshared = { 'cache-control': 'no-store' };

/** What is kept of the learner who asks: for how long, all of it as a file, and an end of it. */
export const privacyRoutes: FastifyPluginAsyncZod<{
  workshops: Workshops;
  takeout: Takeout;
  erasure: Erasure;
}> = async (app, { workshops, takeout, erasure }) => {
  app.get('/api/privacy', { schema: { response: { 200: PrivacyNotice } } }, async (request) => {
    const seat = await workshops.seatOf(learnerOf(request).id);
    if (!seat) return { retention: defaultRetention, workshop: null };
    const { title, recordingsDays, marksDays } = seat.workshop;
    return { retention: { recordingsDays, marksDays }, workshop: { title } };
  });

  app.get(
    '/api/privacy/data',
    // It may be a gigabyte.
    { config: { rateLimit: perMinute(3) } },
    async (request, reply) =>
      reply
        .headers({
          ...unshared,
          'content-disposition': 'attachment; filename="tatami-my-data.zip"',
        })
        .type('application/zip')
        .send(await takeout.zip(learnerOf(request).id)),
  );

  app.post(
    '/api/privacy/erasure',
    { config: { rateLimit: perMinute(6) }, schema: { body: ErasureRequest } },
    async (request, reply) => {
      await erasure.erase(learnerOf(request).id);
      clearSession(reply);
      return reply.code(204).send();
    },
  );
};
