import {
  AppError,
  IncidentDraft,
  IncidentView,
  LabId,
  Language,
  LearnerId,
  Moment,
  MomentId,
  MomentRequest,
  StepId,
  TimeZone,
  WorkshopId,
} from '@tatami/protocol';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AttemptKey } from '../attempts/attempt-store.ts';
import { accountOf, learnerOf } from '../http/access.ts';
import type { Audit } from '../room/audit.ts';
import type { Workshops } from '../workshops/workshops.ts';
import type { Reports } from './reports.ts';

const ByLab = z.object({ lab: LabId });
const OfSeat = z.object({ workshop: WorkshopId, learner: LearnerId });
/** In which words and by which clock a report is proposed; of a kept one the draft says it. `all`: all of the lesson. */
const Wished = z.object({
  lang: Language.default('en'),
  zone: TimeZone.default('UTC'),
  step: z.union([StepId, z.literal('all')]).optional(),
});

const perMinute = (max: number) => ({
  max,
  timeWindow: 60_000,
  keyGenerator: (request: FastifyRequest) => request.learner?.id ?? request.ip,
});
/** Drawing screens and packing recordings is work. */
const rateLimit = perMinute(6);
const unshared = { 'cache-control': 'no-store' };

/** A learner's own incident reports; the key that they are sealed with is everybody's. */
export const reportRoutes: FastifyPluginAsyncZod<{
  reports: Reports;
  workshops: Workshops;
  audit: Audit;
}> = async (app, { reports, workshops, audit }) => {
  const keyOf = (request: FastifyRequest, lab: string): AttemptKey => ({
    learnerId: learnerOf(request).id,
    labId: lab,
  });
  const wishOf = ({ lang, zone, step }: z.infer<typeof Wished>) => ({
    ...{ lang, zone },
    step: step === 'all' ? null : step,
  });
  const attachment = (lab: string, ending: string) => {
    const day = new Date().toISOString().slice(0, 10);
    const name = `incident-report-${lab}-${day}.${ending}`;
    return { ...unshared, 'content-disposition': `attachment; filename="${name}"` };
  };
  const path = '/api/labs/:lab/report';

  app.get(
    path,
    { schema: { params: ByLab, querystring: Wished, response: { 200: IncidentView } } },
    async (request, reply) => {
      const key = keyOf(request, request.params.lab);
      return reply.headers(unshared).send(await reports.view(key, wishOf(request.query)));
    },
  );
  app.put(
    path,
    {
      config: { rateLimit: perMinute(120) },
      bodyLimit: 512 * 1024,
      schema: { params: ByLab, body: IncidentDraft, response: { 200: IncidentView } },
    },
    async (request) => {
      const key = keyOf(request, request.params.lab);
      await reports.keep(key, request.body);
      return reports.view(key, request.body);
    },
  );
  app.delete(path, { schema: { params: ByLab } }, async (request, reply) => {
    await reports.discard(keyOf(request, request.params.lab));
    return reply.code(204).send();
  });
  app.post(
    `${path}/html`,
    { config: { rateLimit }, schema: { params: ByLab, querystring: Wished } },
    async (request, reply) => {
      const { lab } = request.params;
      const file = await reports.html(keyOf(request, lab), wishOf(request.query));
      return reply.headers(attachment(lab, 'html')).type('text/html; charset=utf-8').send(file);
    },
  );
  app.post(
    `${path}/markdown`,
    { config: { rateLimit }, schema: { params: ByLab, querystring: Wished } },
    async (request, reply) => {
      const { lab } = request.params;
      const text = await reports.markdown(keyOf(request, lab), wishOf(request.query));
      return reply.headers(attachment(lab, 'md')).type('text/markdown; charset=utf-8').send(text);
    },
  );
  app.post(
    '/api/labs/:lab/moments',
    {
      config: { rateLimit: perMinute(30) },
      schema: { params: ByLab, body: MomentRequest, response: { 200: Moment } },
    },
    async (request) => reports.mark(keyOf(request, request.params.lab), request.body.note),
  );
  app.delete(
    '/api/labs/:lab/moments/:moment',
    { schema: { params: ByLab.extend({ moment: MomentId }) } },
    async (request, reply) => {
      const { lab, moment } = request.params;
      await reports.unmark(keyOf(request, lab), moment);
      return reply.code(204).send();
    },
  );
  app.get(
    '/api/workshops/:workshop/seats/:learner/report',
    {
      config: { rateLimit: perMinute(60) },
      schema: { params: OfSeat, querystring: Wished },
    },
    async (request, reply) => {
      const { workshop: id, learner } = request.params;
      const account = accountOf(request);
      const { labId } = await workshops.forStaff(account, id);
      const seat = await workshops.seatOf(learner);
      if (seat?.workshop.id !== id) throw new AppError('room.seat-unknown');
      const key = { learnerId: learner, labId };
      const file = await reports.html(key, wishOf(request.query));
      const by = { id: account.id, name: account.name };
      await audit.note({ workshopId: id, learnerId: learner, by, act: 'report', detail: {} });
      return reply.headers(attachment(labId, 'html')).type('text/html; charset=utf-8').send(file);
    },
  );
  app.get('/api/evidence/key', async (_, reply) =>
    reply.type('application/x-pem-file').send(reports.publicPem),
  );
};
