import {
  CsvQuery,
  GradingRequest,
  LabId,
  Language,
  LearnerId,
  MarkChangeRequest,
  MarksExport,
  OwnMarks,
  Weights,
  WorkshopId,
  WorkshopMarks,
} from '@tatami/protocol';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { accountOf, learnerOf } from '../http/access.ts';
import type { Workshops } from '../workshops/workshops.ts';
import { columnsFor } from './columns.ts';
import { csv } from './csv.ts';
import type { Marks } from './marks.ts';

const ByWorkshop = z.object({ workshop: WorkshopId });
const ByLang = z.object({ lang: Language.default('zh-CN') });
const ByLearner = ByWorkshop.extend({ learner: LearnerId });
/** Marks are for few eyes, and stay out of caches. */
const unshared = { 'cache-control': 'no-store' };
const perMinute = (max: number) => ({
  max,
  timeWindow: 60_000,
  keyGenerator: (request: FastifyRequest) =>
    request.account?.id ?? request.learner?.id ?? request.ip,
});

const asFile = (name: string) => ({
  ...unshared,
  'content-disposition': `attachment; filename="${name}"`,
});

/** A learner's own marks; those of a workshop for its staff. */
export const markRoutes: FastifyPluginAsyncZod<{ marks: Marks; workshops: Workshops }> = async (
  app,
  { marks, workshops },
) => {
  app.get(
    '/api/labs/:lab/marks',
    {
      config: { rateLimit: perMinute(120) },
      schema: {
        params: z.object({ lab: LabId }),
        querystring: ByLang,
        response: { 200: OwnMarks },
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const own = await marks.own(learnerOf(request).id, params.lab, query.lang);
      return reply.headers(unshared).send(own);
    },
  );

  const config = { rateLimit: perMinute(120) };
  const path = '/api/workshops/:workshop';
  const own = (request: FastifyRequest, id: string) => workshops.forStaff(accountOf(request), id);

  app.get(
    `${path}/marks`,
    {
      config,
      schema: { params: ByWorkshop, querystring: ByLang, response: { 200: WorkshopMarks } },
    },
    async (request, reply) => {
      const workshop = await own(request, request.params.workshop);
      return reply.headers(unshared).send(await marks.view(workshop, request.query.lang));
    },
  );
  app.post(
    `${path}/marks/:learner/changes`,
    {
      config,
      schema: {
        ...{ params: ByLearner, querystring: ByLang, body: MarkChangeRequest },
        response: { 200: WorkshopMarks },
      },
    },
    async (request) => {
      const workshop = await own(request, request.params.workshop);
      const { params, query, body } = request;
      await marks.change(workshop, params.learner, accountOf(request).id, body);
      return marks.view(workshop, query.lang);
    },
  );
  app.put(
    `${path}/weights`,
    {
      config,
      schema: {
        ...{ params: ByWorkshop, querystring: ByLang, body: Weights },
        response: { 200: WorkshopMarks },
      },
    },
    async (request) => {
      const workshop = await own(request, request.params.workshop);
      return marks.view(await marks.weigh(workshop, request.body), request.query.lang);
    },
  );
  app.post(
    `${path}/gradings`,
    {
      config,
      schema: {
        ...{ params: ByWorkshop, querystring: ByLang, body: GradingRequest },
        response: { 200: WorkshopMarks },
      },
    },
    async (request) => {
      const workshop = await own(request, request.params.workshop);
      await marks.gradeAgain(workshop, accountOf(request).id, request.body);
      return marks.view(workshop, request.query.lang);
    },
  );
  app.get(
    `${path}/marks.csv`,
    { config, schema: { params: ByWorkshop, querystring: CsvQuery } },
    async (request, reply) => {
      const { for: wanted, bom } = request.query;
      const workshop = await own(request, request.params.workshop);
      const rows = columnsFor[wanted](await marks.export(workshop, workshop.language));
      return reply
        .headers(asFile(`tatami-marks-${workshop.id}-${wanted}.csv`))
        .type('text/csv; charset=utf-8')
        .send(csv(rows, { bom: bom === '1' }));
    },
  );
  app.get(
    `${path}/marks.json`,
    { config, schema: { params: ByWorkshop, response: { 200: MarksExport } } },
    async (request, reply) => {
      const workshop = await own(request, request.params.workshop);
      return reply
        .headers(asFile(`tatami-marks-${workshop.id}.json`))
        .send(await marks.export(workshop, workshop.language));
    },
  );
  app.get(
    `${path}/marks/:learner`,
    { config, schema: { params: ByLearner, response: { 200: MarksExport } } },
    async (request, reply) => {
      const { workshop: id, learner } = request.params;
      const workshop = await own(request, id);
      return reply
        .headers(asFile(`tatami-marks-${workshop.id}-${learner}.json`))
        .send(await marks.export(workshop, workshop.language, learner));
    },
  );
};
