import {
  Answer,
  AppError,
  CheckId,
  LearnerPath,
  OpenStep,
  offsetHeader,
  RecordingRange,
  RunnerHealth,
  SandboxId,
  SandboxInfo,
  TerminalId,
} from '@tatami/protocol';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CountedEvents } from '../machines/counted-events.ts';
import type { Machines } from '../machines/machines.ts';
import type { Recordings } from '../terminals/recordings.ts';

const ById = z.object({ id: SandboxId });
const ByTerminal = ById.extend({ terminal: TerminalId });

/** The runner's HTTP half (packages/protocol runner-api.ts). Who may call it: whoever may open the socket. */
export const sandboxRoutes: FastifyPluginAsyncZod<{
  machines: Machines;
  events: CountedEvents;
  recordings: Recordings;
  version: string;
  cgroupVersion: RunnerHealth['cgroupVersion'];
}> = async (app, { machines, events, recordings, version, cgroupVersion }) => {
  app.get('/health', { schema: { response: { 200: RunnerHealth } } }, async () => ({
    version,
    events: events.health,
    seats: machines.seats,
    cgroupVersion,
  }));

  app.get('/sandboxes', { schema: { response: { 200: z.array(SandboxInfo) } } }, async () =>
    machines.all.map(({ info }) => info),
  );

  app.post(
    '/sandboxes',
    { schema: { response: { 201: SandboxInfo } } },
    async (_request, reply) => {
      const machine = await machines.create();
      return reply.code(201).send(machine.info);
    },
  );

  app.get(
    '/sandboxes/:id',
    { schema: { params: ById, response: { 200: SandboxInfo } } },
    async ({ params }) => machines.get(params.id).info,
  );

  app.delete('/sandboxes/:id', { schema: { params: ById } }, async ({ params }, reply) => {
    await machines.close(params.id, 'requested');
    return reply.code(204).send();
  });

  app.post(
    '/sandboxes/:id/extend',
    { schema: { params: ById, response: { 200: SandboxInfo } } },
    async ({ params }) => {
      const machine = machines.get(params.id);
      machine.extend();
      return machine.info;
    },
  );

  app.put(
    '/sandboxes/:id/step',
    { schema: { params: ById, body: OpenStep, response: { 200: SandboxInfo } } },
    async ({ params, body }) => {
      const machine = machines.get(params.id);
      await machine.openStep(body);
      return machine.info;
    },
  );

  app.put(
    '/sandboxes/:id/answers/:checkId',
    { schema: { params: ById.extend({ checkId: CheckId }), body: Answer } },
    async ({ params, body }, reply) => {
      machines.get(params.id).answer(params.checkId, body);
      return reply.code(204).send();
    },
  );

  app.get(
    '/sandboxes/:id/commands',
    { schema: { params: ById, response: { 200: LearnerPath } } },
    async ({ params }) => machines.get(params.id).path,
  );

  app.post('/recordings/flush', async (_request, reply) => {
    await recordings.flush();
    return reply.code(204).send();
  });

  app.get(
    '/sandboxes/:id/recordings',
    { schema: { params: ById, response: { 200: z.array(TerminalId) } } },
    async ({ params }) => recordings.terminals(params.id),
  );

  app.delete(
    '/sandboxes/:id/recordings',
    { schema: { params: ById } },
    async ({ params }, reply) => {
      await machines.close(params.id, 'requested');
      await recordings.remove(params.id);
      return reply.code(204).send();
    },
  );

  app.get(
    '/sandboxes/:id/terminals/:terminal/recording',
    { schema: { params: ByTerminal } },
    async ({ params }) => {
      const index = await recordings.index(params.id, params.terminal);
      if (!index) throw new AppError('recording.unknown');
      return index;
    },
  );

  app.get(
    '/sandboxes/:id/terminals/:terminal/recording/bytes',
    { schema: { params: ByTerminal, querystring: RecordingRange } },
    async ({ params, query }, reply) => {
      const range = await recordings.range(params.id, params.terminal, query);
      if (!range) throw new AppError('recording.unknown');
      return reply
        .header(offsetHeader, range.offset)
        .type('application/octet-stream')
        .send(range.bytes);
    },
  );
};
