import { AppError } from '@tatami/protocol';
import type { FastifyInstance } from 'fastify';

/** Whoever looks after the server asks until its last moment, and tunnels say that it ends. */
const stillAnswered = new Set(['/healthz', '/readyz', '/metrics', '/api/tunnels/:tunnel']);
const retryAfterS = 5;

/** That this server ends: from then on it begins nothing new, and is not ready. */
export class Drain {
  #begun = false;

  get begun(): boolean {
    return this.#begun;
  }

  begin(): void {
    this.#begun = true;
  }
}

/**
 * Refuses requests that come once the end has begun; those from before are finished. WebSockets are closed by a code of
 * their own (streams/learner-streams.ts). Register it after the WebSocket plugin, and before the routes.
 */
export function refuseNew(app: FastifyInstance, drain: Drain): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!drain.begun || request.ws || stillAnswered.has(request.routeOptions.url ?? '')) return;
    reply.header('retry-after', retryAfterS).header('connection', 'close');
    throw new AppError('server.restarting');
  });
}
