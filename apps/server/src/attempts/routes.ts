import {
  Answer,
  Attempt,
  CheckId,
  Debrief,
  LabId,
  QuizAnswers,
  ResetRequest,
  Solution,
  StepRequest,
  TerminalId,
} from '@tatami/protocol';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { learnerOf } from '../http/access.ts';
import type { Rooms } from '../room/rooms.ts';
import type { AttemptKey } from './attempt-store.ts';
import type { Attempts } from './attempts.ts';

const ByLab = z.object({ lab: LabId });
const ByCheck = ByLab.extend({ checkId: CheckId });
/** Commands that make or change machines, per learner. */
const rateLimit = {
  max: 60,
  timeWindow: 60_000,
  keyGenerator: (request: FastifyRequest) => request.learner?.id ?? request.ip,
};
/** Answers per attempt: enough to think, too few to guess. */
const answerRateLimit = {
  max: 10,
  timeWindow: 60_000,
  keyGenerator: (request: FastifyRequest) =>
    `${request.learner?.id ?? request.ip}/${(request.params as { lab: string }).lab}`,
};
/** The old screen: enough to read on, and small. */
const screenBytes = 256 * 1024;

/** A learner's own attempts: the key's learner is always the session's. */
export const attemptRoutes: FastifyPluginAsyncZod<{ attempts: Attempts; rooms: Rooms }> = async (
  app,
  { attempts, rooms },
) => {
  const response = { 200: Attempt };
  const keyOf = (request: FastifyRequest, lab: string): AttemptKey => ({
    learnerId: learnerOf(request).id,
    labId: lab,
  });

  app.get('/api/labs/:lab/attempt', { schema: { params: ByLab, response } }, async (request) =>
    attempts.view(keyOf(request, request.params.lab)),
  );
  app.post(
    '/api/labs/:lab/machine',
    { config: { rateLimit }, schema: { params: ByLab, response } },
    async (request) => attempts.start(keyOf(request, request.params.lab)),
  );
  app.delete(
    '/api/labs/:lab/machine',
    { config: { rateLimit }, schema: { params: ByLab, response } },
    async (request) => attempts.stop(keyOf(request, request.params.lab)),
  );
  app.post(
    '/api/labs/:lab/machine/extend',
    { config: { rateLimit }, schema: { params: ByLab, response } },
    async (request) => attempts.extend(keyOf(request, request.params.lab)),
  );
  app.post(
    '/api/labs/:lab/machine/reset',
    { config: { rateLimit }, schema: { params: ByLab, body: ResetRequest, response } },
    async (request) => attempts.reset(keyOf(request, request.params.lab), request.body.scope),
  );
  app.put(
    '/api/labs/:lab/step',
    { config: { rateLimit }, schema: { params: ByLab, body: StepRequest, response } },
    async (request) => {
      const key = keyOf(request, request.params.lab);
      const { stepId } = request.body;
      await rooms.demandOpen(key.learnerId, key.labId, stepId);
      return attempts.openStep(key, stepId);
    },
  );
  app.put(
    '/api/labs/:lab/answers/:checkId',
    {
      config: { rateLimit: answerRateLimit },
      schema: { params: ByCheck, body: Answer, response },
    },
    async (request) => {
      const { lab, checkId } = request.params;
      return attempts.answer(keyOf(request, lab), checkId, request.body);
    },
  );
  app.put(
    '/api/labs/:lab/quizzes/:checkId',
    {
      config: { rateLimit: answerRateLimit },
      schema: { params: ByCheck, body: QuizAnswers, response },
    },
    async (request) => {
      const { lab, checkId } = request.params;
      return attempts.answerQuiz(keyOf(request, lab), checkId, request.body);
    },
  );
  app.post(
    '/api/labs/:lab/solutions/:checkId',
    { config: { rateLimit }, schema: { params: ByCheck, response: { 200: Solution } } },
    async (request) => {
      const { lab, checkId } = request.params;
      return attempts.solution(keyOf(request, lab), checkId);
    },
  );
  app.get(
    '/api/labs/:lab/debrief',
    { schema: { params: ByLab, response: { 200: Debrief } } },
    async (request) => attempts.debrief(keyOf(request, request.params.lab)),
  );
  app.get(
    '/api/labs/:lab/terminals/:terminal/screen',
    { schema: { params: ByLab.extend({ terminal: TerminalId }) } },
    async (request, reply) => {
      const { lab, terminal } = request.params;
      const bytes = await attempts.screen(keyOf(request, lab), terminal, screenBytes);
      return reply.type('application/octet-stream').send(tail(bytes));
    },
  );
};

/** From the start of a line, when there was more. */
function tail(bytes: Buffer): Buffer {
  return bytes.length < screenBytes ? bytes : bytes.subarray(bytes.indexOf('\n') + 1);
}
