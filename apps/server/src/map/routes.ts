import { AppError, LabId } from '@tatami/protocol';
import type { FastifyInstance } from 'fastify';
import type { Attempts } from '../attempts/attempts.ts';
import { learnerSocket } from '../http/learner-socket.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import { MapLink } from './map-link.ts';

/** A few browsers, each with a lab and a projector's page. Whoever comes is told a past of a megabyte. */
const bounds = { most: 8, restMs: 2_000 };

/** The map of the learner's own machine, for each of their browsers. */
export async function mapRoutes(
  app: FastifyInstance,
  { attempts, runner }: { attempts: Attempts; runner: RunnerClient },
): Promise<void> {
  learnerSocket(
    app,
    '/api/labs/:lab/map',
    async (browser, request, learner) => {
      const lab = LabId.safeParse((request.params as { lab?: unknown }).lab);
      if (!lab.success) throw new AppError('lab.unknown');
      const sandboxId = await attempts.sandboxId({ learnerId: learner.id, labId: lab.data });
      if (browser.readyState !== browser.OPEN) return;
      const link = new MapLink(browser, () => runner.map(sandboxId));
      browser.on('error', () => undefined);
      browser.on('close', () => link.close());
    },
    bounds,
  );
}
