import {
  Account,
  AppError,
  PasswordChange,
  SignIn,
  StaffItemId,
  StaffSession,
} from '@tatami/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { accountOf } from '../http/access.ts';
import type { Accounts } from './accounts.ts';
import { browserName } from './browser-name.ts';
import { clearStaffCookie, readStaffCookie, writeStaffCookie } from './cookie.ts';
import { type Passwords, refuseWeak } from './passwords.ts';
import type { SignInLimits } from './sign-in-limits.ts';
import type { StaffSessions } from './staff-sessions.ts';

const nothing = z.null();

/** Signs this browser in: whatever it was signed in with before ends. */
export async function signIn(
  { sessions, limits, secure }: { sessions: StaffSessions; limits: SignInLimits; secure: boolean },
  request: FastifyRequest,
  reply: FastifyReply,
  { id, name, role }: Account,
): Promise<Account> {
  const before = readStaffCookie(request);
  const replaced = before ? await sessions.find(before) : undefined;
  if (replaced) await sessions.end(replaced.id, replaced.sessionId);
  const token = await sessions.start(id, browserName(request.headers['user-agent']));
  writeStaffCookie(reply, token, secure);
  limits.remember(request, reply, id);
  return { id, name, role };
}

/** One's own account: signing in and out, password, sessions. */
export const accountRoutes: FastifyPluginAsyncZod<{
  accounts: Accounts;
  passwords: Passwords;
  sessions: StaffSessions;
  limits: SignInLimits;
  secure: boolean;
}> = async (app, { accounts, passwords, sessions, limits, secure }) => {
  app.get('/api/account', { schema: { response: { 200: Account } } }, async (request) => {
    const { id, name, role } = accountOf(request);
    return { id, name, role };
  });

  app.post(
    '/api/account/session',
    { schema: { body: SignIn, response: { 200: Account } } },
    async (request, reply) => {
      const { name, password } = request.body;
      if (!(await accounts.areThere())) throw new AppError('account.none');
      const account = await accounts.byName(name);
      const giveBack = limits.take(request, name, account?.id);
      const matches = await passwords.matches(account?.passwordHash, password);
      if (!account || !matches) throw new AppError('account.wrong');
      giveBack();
      return signIn({ sessions, limits, secure }, request, reply, account);
    },
  );

  app.delete(
    '/api/account/session',
    { schema: { response: { 204: nothing } } },
    async (request, reply) => {
      const { id, sessionId } = accountOf(request);
      await sessions.end(id, sessionId);
      clearStaffCookie(reply);
      return reply.code(204).send(null);
    },
  );

  app.put(
    '/api/account/password',
    { schema: { body: PasswordChange, response: { 204: nothing } } },
    async (request, reply) => {
      const { id, sessionId } = accountOf(request);
      const { current, next } = request.body;
      const { name, passwordHash } = await accounts.byId(id);
      const giveBack = limits.take(request, name, id);
      if (!(await passwords.matches(passwordHash, current))) throw new AppError('account.wrong');
      giveBack();
      refuseWeak(next, name);
      await accounts.setPassword(id, await passwords.hash(next));
      await sessions.endAll(id, sessionId);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/account/sessions',
    { schema: { response: { 200: z.array(StaffSession) } } },
    async (request) => sessions.of(accountOf(request)),
  );

  app.delete(
    '/api/account/sessions/:session',
    { schema: { params: z.object({ session: StaffItemId }), response: { 204: nothing } } },
    async (request, reply) => {
      const ended = await sessions.end(accountOf(request).id, request.params.session);
      if (!ended) throw new AppError('account.session-unknown');
      return reply.code(204).send(null);
    },
  );
};
