import { AppError, type CloseCode, closeCodes, type ErrorCode } from '@tatami/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { Learner } from '../sessions/learners.ts';

const closeCodeOf: Partial<Record<ErrorCode, CloseCode>> = {
  'session.missing': closeCodes.unauthorized,
  'lab.unknown': closeCodes.unknown,
  'lab.unavailable': closeCodes.unknown,
  'machine.missing': closeCodes.sandboxClosed,
  'runner.unreachable': closeCodes.runnerUnreachable,
};

/** Nine terminals and the events of one lab, in a few browsers. */
const maxSockets = 48;
const heartbeatMs = 20_000;
/** Open WebSockets by learner, over all routes. */
const open = new Map<string, number>();

/** Ends a connection that went away without a word (a laptop's lid, a NAT's time-out). */
function keepAlive(socket: WebSocket): NodeJS.Timeout {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  return setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, heartbeatMs);
}

/** A WebSocket route for learners; one without a session is closed with 4005. */
export function learnerSocket(
  app: FastifyInstance,
  path: string,
  handle: (socket: WebSocket, request: FastifyRequest, learner: Learner) => Promise<void>,
): void {
  app.get(path, { websocket: true, config: { access: 'learner' } }, (socket, request) => {
    if (!request.learner) return socket.close(closeCodes.unauthorized);
    const { id } = request.learner;
    const count = open.get(id) ?? 0;
    if (count >= maxSockets) return socket.close(closeCodes.tooFast);
    open.set(id, count + 1);
    const heartbeat = keepAlive(socket);
    socket.on('close', () => {
      clearInterval(heartbeat);
      const left = (open.get(id) ?? 1) - 1;
      if (left > 0) open.set(id, left);
      else open.delete(id);
    });
    handle(socket, request, request.learner).catch((error: unknown) => {
      const code = error instanceof AppError ? closeCodeOf[error.code] : undefined;
      if (code === undefined) request.log.error({ err: error }, 'a WebSocket failed');
      // A paused socket would never see the answer to its close.
      socket.resume();
      socket.close(code ?? 1011);
    });
  });
}
