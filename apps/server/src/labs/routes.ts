import { LabCard, LabContent, LabId, Language } from '@tatami/protocol';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { learnerOf } from '../http/access.ts';
import type { SeatRules } from '../workshops/seat-rules.ts';
import type { Labs } from './labs.ts';

const ByLang = z.object({ lang: Language.default('zh-CN') });

/** The catalogue and the lessons. */
export const labRoutes: FastifyPluginAsyncZod<{ labs: Labs; rules: SeatRules }> = async (
  app,
  { labs, rules },
) => {
  app.get(
    '/api/labs',
    {
      schema: { querystring: ByLang, response: { 200: z.array(LabCard) } },
    },
    async (request) => rules.offered(learnerOf(request).id, labs.cards(request.query.lang)),
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
    async (request) => {
      const { params, query } = request;
      return rules.shown(learnerOf(request).id, labs.get(params.lab).content(query.lang));
    },
  );
};
