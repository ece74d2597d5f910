import { AppError, LabId, type LearnerEvent } from '@tatami/protocol';
import type { FastifyInstance } from 'fastify';
import { learnerSocket } from '../http/learner-socket.ts';
import type { Attempts } from './attempts.ts';

/** A browser that reads nothing is let go before its events fill our memory. */
const maxUnsentBytes = 1024 * 1024;

/** The events of a learner's own attempt, for each of their browsers. */
export async function eventRoutes(
  app: FastifyInstance,
  { attempts }: { attempts: Attempts },
): Promise<void> {
  learnerSocket(app, '/api/labs/:lab/events', async (socket, request, learner) => {
    const lab = LabId.safeParse((request.params as { lab?: unknown }).lab);
    if (!lab.success) throw new AppError('lab.unknown');
    const send = (event: LearnerEvent) => {
      if (socket.bufferedAmount > maxUnsentBytes) socket.terminate();
      else socket.send(JSON.stringify(event));
    };
    const stop = await attempts.subscribe({ learnerId: learner.id, labId: lab.data }, send);
    if (socket.readyState === socket.OPEN) socket.on('close', stop);
    else stop();
  });
}
