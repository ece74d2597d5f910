import { AppError, includesRole } from '@tatami/protocol';
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import type { SignedIn } from '../accounts/staff-sessions.ts';
import type { Learner } from '../sessions/learners.ts';
import { type Access, accessOf, permissions } from './permissions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose browser asks, on routes for learners; read it through {@link learnerOf}. */
    learner: Learner | null;
    /** Who of the staff is signed in there, on every route that is not public; read it through {@link accountOf}. */
    account: SignedIn | null;
  }
}

/** How a request's cookies are read. */
export interface Visitors {
  learner(request: FastifyRequest): Promise<Learner | undefined>;
  account(request: FastifyRequest): Promise<SignedIn | undefined>;
  /** Whether the metrics are theirs to read. */
  mayScrape(request: FastifyRequest): boolean;
}

/** Holds every route to the table; the server does not start unless the two agree. Register before the routes. */
export function guardAccess(app: FastifyInstance, visitors: Visitors, table = permissions): void {
  app.decorateRequest('learner', null);
  app.decorateRequest('account', null);
  const unlisted: string[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat())
      if (!accessOf(one, url, table)) unlisted.push(`${one} ${url} does not state who may call it`);
  });
  app.addHook('onReady', async () => {
    const routeless = Object.keys(table).filter((line) => {
      const [method = '', url = ''] = line.split(' ');
      return !app.hasRoute({ method: method as HTTPMethods, url });
    });
    const wrong = [...unlisted, ...routeless.map((line) => `${line} is no route`)];
    if (wrong.length > 0) throw new Error(`http/permissions.ts: ${wrong.join('; ')}`);
  });
  app.addHook('onRequest', async (request) => {
    const { url } = request.routeOptions;
    // Nothing is at that address, which the handler for that says to everybody.
    if (url === undefined) return;
    const access = accessOf(request.method, url, table);
    if (access === 'public' || (access === 'metrics' && visitors.mayScrape(request))) return;
    if (access === 'learner') request.learner = (await visitors.learner(request)) ?? null;
    request.account = (await visitors.account(request)) ?? null;
    const error = refusalOf(access, request);
    // A WebSocket is accepted and closed with a code of its own: a browser cannot read a refused one's status.
    if (error && !request.ws) throw error;
  });
}

/** Why who asks may not call what this access is for; null when they may. Nobody may call what has none. */
export function refusalOf(
  access: Access | undefined,
  { learner, account }: Pick<FastifyRequest, 'learner' | 'account'>,
): AppError | null {
  if (access === 'public') return null;
  if (access === 'metrics') return new AppError('metrics.token');
  if (access === 'learner') return learner ? null : new AppError('session.missing');
  if (!account) return new AppError('account.missing');
  return access && includesRole(account.role, access) ? null : new AppError('account.forbidden');
}

/** @throws `session.missing`. */
export function learnerOf(request: FastifyRequest): Learner {
  if (!request.learner) throw new AppError('session.missing');
  return request.learner;
}

/** @throws `account.missing`. */
export function accountOf(request: FastifyRequest): SignedIn {
  if (!request.account) throw new AppError('account.missing');
  return request.account;
}
