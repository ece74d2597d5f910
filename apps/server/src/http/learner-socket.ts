import { AppError, type CloseCode, closeCodes, type ErrorCode } from '@tatami/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { Learner } from '../sessions/learners.ts';

const closeCodeOf: Partial<Record<ErrorCode, CloseCode>> = {
  'session.missing': closeCodes.unauthorized,
  'lab.unknown': closeCodes.unknown,
  'machine.missing': closeCodes.sandboxClosed,
  'runner.unreachable': closeCodes.runnerUnreachable,
};

/** A WebSocket route for learners; one without a session is closed with 4005. */
export function learnerSocket(
  app: FastifyInstance,
  path: string,
  handle: (socket: WebSocket, request: FastifyRequest, learner: Learner) => Promise<void>,
): void {
  app.get(path, { websocket: true, config: { access: 'learner' } }, (socket, request) => {
    if (!request.learner) return socket.close(closeCodes.unauthorized);
    handle(socket, request, request.learner).catch((error: unknown) => {
      const code = error instanceof AppError ? closeCodeOf[error.code] : undefined;
      if (code === undefined) request.log.error({ err: error }, 'a WebSocket failed');
      // A paused socket would never see the answer to its close.
      socket.resume();
      socket.close(code ?? 1011);
    });
  });
}
