import { Readable } from 'node:stream';
import {
  AppError,
  LabId,
  maxRecordingRangeBytes,
  offsetHeader,
  RecordingIndex,
  RecordingRange,
  SandboxId,
  TerminalId,
} from '@tatami/protocol';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Attempts } from '../attempts/attempts.ts';
import { learnerOf } from '../http/access.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import { asciicast } from './asciicast.ts';

const Params = z.object({ lab: LabId, terminal: TerminalId });
/** Whose recording; without it that of the machine that runs, or of the last one. */
const OfMachine = z.object({ machine: SandboxId.optional() });

const perMinute = (max: number) => ({
  max,
  timeWindow: 60_000,
  keyGenerator: (request: FastifyRequest) => request.learner?.id ?? request.ip,
});
/** What a recording says is for its learner's eyes, and stays out of caches. */
const unshared = { 'cache-control': 'no-store' };

/** Recordings of a learner's own terminals: to play, and to take away. */
export const recordingRoutes: FastifyPluginAsyncZod<{
  attempts: Attempts;
  runner: RunnerClient;
}> = async (app, { attempts, runner }) => {
  const path = '/api/labs/:lab/terminals/:terminal/recording';

  /** @throws `machine.missing`, `recording.unknown`. */
  const machineOf = async (
    request: FastifyRequest,
    labId: string,
    named: string | undefined,
  ): Promise<string> => {
    const own = await attempts.machines({ learnerId: learnerOf(request).id, labId });
    const [newest] = own;
    if (!newest) throw new AppError('machine.missing');
    if (named !== undefined && !own.includes(named)) throw new AppError('recording.unknown');
    return named ?? newest;
  };

  app.get(
    path,
    {
      // Playing asks once.
      config: { rateLimit: perMinute(60) },
      schema: { params: Params, querystring: OfMachine, response: { 200: RecordingIndex } },
    },
    async (request, reply) => {
      const { lab, terminal } = request.params;
      const machine = await machineOf(request, lab, request.query.machine);
      return reply.headers(unshared).send(await runner.recording(machine, terminal));
    },
  );
  app.get(
    `${path}/bytes`,
    {
      // The longest recording at eight times its speed, and seeking in it.
      config: { rateLimit: perMinute(1200) },
      schema: { params: Params, querystring: RecordingRange.extend(OfMachine.shape) },
    },
    async (request, reply) => {
      const { lab, terminal } = request.params;
      const { machine: named, ...range } = request.query;
      const machine = await machineOf(request, lab, named);
      const { offset, bytes } = await runner.recorded(machine, terminal, range);
      return reply
        .headers({ ...unshared, [offsetHeader]: offset })
        .type('application/octet-stream')
        .send(bytes);
    },
  );
  app.get(
    `${path}/cast`,
    {
      config: { rateLimit: perMinute(10) },
      schema: { params: Params, querystring: OfMachine },
    },
    async (request, reply) => {
      const { lab, terminal } = request.params;
      const machine = await machineOf(request, lab, request.query.machine);
      const index = await runner.recording(machine, terminal);
      const lines = asciicast(index, `${lab}, terminal ${terminal}`, (from) =>
        runner.recorded(machine, terminal, { from, most: maxRecordingRangeBytes }),
      );
      const day = index.startedAt.slice(0, 16).replaceAll(/[-:]/g, '');
      return reply
        .headers({
          ...unshared,
          'content-disposition': `attachment; filename="tatami-${lab}-terminal-${terminal}-${day}Z.cast"`,
        })
        .type('application/x-asciicast')
        .send(Readable.from(lines));
    },
  );
};
