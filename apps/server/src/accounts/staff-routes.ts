import {
  Acceptance,
  Account,
  AccountChange,
  AccountEntry,
  AccountId,
  AppError,
  Invitation,
  InvitationOffer,
  InvitationRequest,
  LinkToken,
  MadeInvitation,
  StaffItemId,
} from '@tatami/protocol';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { accountOf } from '../http/access.ts';
import type { Accounts } from './accounts.ts';
import type { Invitations } from './invitations.ts';
import { signIn } from './routes.ts';
import type { SignInLimits } from './sign-in-limits.ts';
import type { StaffSessions } from './staff-sessions.ts';

const ById = z.object({ account: AccountId });
const nothing = z.null();

/** Who is of the staff, and how others come to be. */
export const staffRoutes: FastifyPluginAsyncZod<{
  accounts: Accounts;
  invitations: Invitations;
  sessions: StaffSessions;
  limits: SignInLimits;
  secure: boolean;
}> = async (app, { accounts, invitations, sessions, limits, secure }) => {
  app.post(
    '/api/invitations/opened',
    { schema: { body: LinkToken, response: { 200: InvitationOffer } } },
    async ({ body }) => invitations.offer(body.token),
  );

  app.post(
    '/api/invitations/accepted',
    { schema: { body: Acceptance, response: { 200: Account } } },
    async (request, reply) => {
      const account = await invitations.accept(request.body);
      return signIn({ sessions, limits, secure }, request, reply, account);
    },
  );

  app.get(
    '/api/invitations',
    { schema: { response: { 200: z.array(Invitation) } } },
    async (request) => invitations.open(accountOf(request)),
  );

  app.post(
    '/api/invitations',
    { schema: { body: InvitationRequest, response: { 201: MadeInvitation } } },
    async (request, reply) => {
      const made = await invitations.invite(accountOf(request), request.body.role);
      return reply.code(201).send(made);
    },
  );

  app.delete(
    '/api/invitations/:invitation',
    { schema: { params: z.object({ invitation: StaffItemId }), response: { 204: nothing } } },
    async (request, reply) => {
      await invitations.withdraw(accountOf(request), request.params.invitation);
      return reply.code(204).send(null);
    },
  );

  app.get('/api/accounts', { schema: { response: { 200: z.array(AccountEntry) } } }, async () =>
    accounts.entries(),
  );

  app.patch(
    '/api/accounts/:account',
    { schema: { params: ById, body: AccountChange, response: { 200: AccountEntry } } },
    async ({ params, body }) => {
      await accounts.change(params.account, body);
      const changed = (await accounts.entries()).find(({ id }) => id === params.account);
      if (!changed) throw new AppError('account.unknown');
      return changed;
    },
  );

  app.delete(
    '/api/accounts/:account/sessions',
    { schema: { params: ById, response: { 204: nothing } } },
    async (request, reply) => {
      await accounts.byId(request.params.account);
      await sessions.endAll(request.params.account);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/accounts/:account/password-link',
    { schema: { params: ById, response: { 201: MadeInvitation } } },
    async (request, reply) => {
      const made = await invitations.passwordLink(accountOf(request), request.params.account);
      return reply.code(201).send(made);
    },
  );
};
