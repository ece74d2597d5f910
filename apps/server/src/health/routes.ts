import { timingSafeEqual } from 'node:crypto';
import { ReadyAnswer, type ReadyPart } from '@tatami/protocol';
import { metricsType } from '@tatami/telemetry';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { hashOf } from '../accounts/token.ts';
import type { MetricSources, MetricsPage } from './metrics.ts';

interface HealthParts extends MetricSources {
  page: MetricsPage;
  /** Set from the moment on that the server is asked to end. */
  drain: { readonly begun: boolean };
}

/** Nothing here looks at a cookie, so whoever asks may call us by any name. */
const config = { probe: true, anyHost: true };

/** Whether we live, whether learners can work, and how things stand. */
export const healthRoutes: FastifyPluginAsyncZod<HealthParts> = async (app, parts) => {
  const { readiness, page, drain } = parts;

  app.get('/healthz', { config }, async () => ({ status: 'ok' }));

  app.get(
    '/readyz',
    { config, schema: { response: { 200: ReadyAnswer, 503: ReadyAnswer } } },
    async (_request, reply) => {
      const failing: ReadyPart[] = drain.begun ? ['stopping'] : await readiness.failing();
      reply.header('cache-control', 'no-store');
      if (failing.length === 0) return { status: 'ready' as const };
      return reply.code(503).send({ status: 'unready', failing });
    },
  );

  app.get('/metrics', { config, schema: { response: { 200: z.string() } } }, async (_, reply) =>
    reply
      .type(metricsType)
      .header('cache-control', 'no-store')
      .send(await page.text(parts)),
  );
};

/** Whether a request brings the token of those who read metrics; where none is set, none does. */
export function bringsToken({ headers }: FastifyRequest, token: string | undefined): boolean {
  const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined || given === undefined) return false;
  // Of one length, whatever was given.
  return timingSafeEqual(Buffer.from(hashOf(given)), Buffer.from(hashOf(token)));
}
