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
/** Open WebSockets by learner, over all routes and by route. */
const open = new Map<string, number>();

interface Bounds {
  /** Of one learner at once. */
  most: number;
  /** A place is taken until then after its socket has closed: to open costs too. */
  restMs: number;
}

/** Takes a place each. @returns how to give them back, null when one has no place left. */
function take(places: [name: string, most: number][]): (() => void) | null {
  const count = (name: string) => open.get(name) ?? 0;
  if (places.some(([name, most]) => count(name) >= most)) return null;
  for (const [name] of places) open.set(name, count(name) + 1);
  return () => {
    for (const [name] of places)
      if (count(name) > 1) open.set(name, count(name) - 1);
      else open.delete(name);
  };
}

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

/** A WebSocket route for learners; one without a session is closed with 4005, one too many with 4009. */
export function learnerSocket(
  app: FastifyInstance,
  path: string,
  handle: (socket: WebSocket, request: FastifyRequest, learner: Learner) => Promise<void>,
  { most, restMs }: Bounds = { most: maxSockets, restMs: 0 },
): void {
  app.get(path, { websocket: true, config: { access: 'learner' } }, (socket, request) => {
    if (!request.learner) return socket.close(closeCodes.unauthorized);
    const { id } = request.learner;
    const giveBack = take([
      [id, maxSockets],
      [`${id} ${path}`, most],
    ]);
    if (!giveBack) return socket.close(closeCodes.tooFast);
    const heartbeat = keepAlive(socket);
    socket.on('close', () => {
      clearInterval(heartbeat);
      if (restMs === 0) giveBack();
      else setTimeout(giveBack, restMs).unref();
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
