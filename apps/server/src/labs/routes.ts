import { LabCard, LabContent, LabId, Language } from '@tatami/protocol';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Labs } from './labs.ts';

const ByLang = z.object({ lang: Language.default('zh-CN') });

/** The catalogue and the lessons. */
export const labRoutes: FastifyPluginAsyncZod<{ labs: Labs }> = async (app, { labs }) => {
  app.get(
    '/api/labs',
    {
      schema: { querystring: ByLang, response: { 200: z.array(LabCard) } },
    },
    async ({ query }) => labs.cards(query.lang),
  );

  app.get(
    '/api/labs/:lab',
    {
      schema: {
        params: z.object({ lab: LabId }),
        querystring: ByLang,
        response: { 200: LabContent },
      },
    },
    async ({ params, query }) => labs.get(params.lab).content(query.lang),
  );
};
