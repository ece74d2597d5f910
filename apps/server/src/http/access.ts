import { AppError } from '@tatami/protocol';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { readSession } from '../sessions/cookie.ts';
import type { Learner } from '../sessions/learners.ts';

/** Who may call a route: `public` is everybody, `learner` a browser with a session. */
export type Access = 'public' | 'learner';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Who asks; read it through {@link learnerOf}. */
    learner: Learner | null;
  }
}

/** Every route must state its access; one that does not stops the server from starting. */
export function guardAccess(
  app: FastifyInstance,
  findLearner: (id: string) => Promise<Learner | undefined>,
): void {
  app.decorateRequest('learner', null);
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', async () => {
    const silent = routes.find(({ config }) => !config?.access);
    if (silent) throw new Error(`${silent.url} does not state who may call it`);
  });
  app.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    const id = access === 'learner' ? readSession(request) : null;
    if (id) request.learner = (await findLearner(id)) ?? null;
    // A WebSocket is accepted and closed with a code of its own: a browser cannot read a refused one's status.
    if (access === 'learner' && !request.learner && !request.ws)
      throw new AppError('session.missing');
  });
}

/** @throws `session.missing`. */
export function learnerOf(request: FastifyRequest): Learner {
  if (!request.learner) throw new AppError('session.missing');
  return request.learner;
}
