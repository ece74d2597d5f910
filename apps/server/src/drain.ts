import { AppError } from '@tatami/protocol';
import type { FastifyInstance } from 'fastify';

/** Tunnels say that it ends; probes are asked until the last moment. */
const tunnel = '/api/tunnels/:tunnel';
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
    const { url, config } = request.routeOptions;
    if (!drain.begun || request.ws || config?.probe || url === tunnel) return;
    reply.header('retry-after', retryAfterS).header('connection', 'close');
    throw new AppError('server.restarting');
  });
}
