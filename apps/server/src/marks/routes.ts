import {
  CsvQuery,
  GradingRequest,
  LabId,
  LearnerId,
  MarkChangeRequest,
  MarksExport,
  OwnMarks,
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
      schema: { params: z.object({ lab: LabId }), response: { 200: OwnMarks } },
    },
    async (request, reply) =>
      reply.headers(unshared).send(await marks.own(learnerOf(request).id, request.params.lab)),
  );

  const config = { rateLimit: perMinute(120) };
  const path = '/api/workshops/:workshop';
  const own = (request: FastifyRequest, id: string) => workshops.forStaff(accountOf(request), id);

  app.get(
    `${path}/marks`,
    { config, schema: { params: ByWorkshop, response: { 200: WorkshopMarks } } },
    async (request, reply) =>
      reply.headers(unshared).send(await marks.view(await own(request, request.params.workshop))),
  );
  app.post(
    `${path}/marks/:learner/changes`,
    {
      config,
      schema: { params: ByLearner, body: MarkChangeRequest, response: { 200: WorkshopMarks } },
    },
    async (request) => {
      const workshop = await own(request, request.params.workshop);
      return marks.change(workshop, request.params.learner, accountOf(request).id, request.body);
    },
  );
  app.post(
    `${path}/gradings`,
    {
      config,
      schema: { params: ByWorkshop, body: GradingRequest, response: { 200: WorkshopMarks } },
    },
    async (request) => {
      const workshop = await own(request, request.params.workshop);
      return marks.gradeAgain(workshop, accountOf(request).id, request.body);
    },
  );
  app.get(
    `${path}/marks.csv`,
    { config, schema: { params: ByWorkshop, querystring: CsvQuery } },
    async (request, reply) => {
      const { for: wanted, bom } = request.query;
      const workshop = await own(request, request.params.workshop);
      const rows = columnsFor[wanted](await marks.export(workshop));
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
        .send(await marks.export(workshop));
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
        .send(await marks.export(workshop, learner));
    },
  );
};
