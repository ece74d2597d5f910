import {
  type Acceptance,
  Account,
  type AccountChange,
  AccountEntry,
  Invitation,
  InvitationOffer,
  MadeInvitation,
  type PasswordChange,
  type Role,
  type SignIn,
  StaffSession,
} from '@tatami/protocol';
import { z } from 'zod';
import { answerOf, call } from '../api.ts';

const account = (id: string) => `/api/accounts/${id}`;

/** The routes of staff-api.ts in the protocol. */
export const staffApi = {
  account: () => call(Account, '/api/account'),
  signIn: (body: SignIn) => call(Account, '/api/account/session', 'POST', body),
  signOut: () => answerOf('/api/account/session', 'DELETE'),
  setPassword: (body: PasswordChange) => answerOf('/api/account/password', 'PUT', body),
  sessions: () => call(z.array(StaffSession), '/api/account/sessions'),
  endSession: (id: string) => answerOf(`/api/account/sessions/${id}`, 'DELETE'),
  offer: (token: string) => call(InvitationOffer, '/api/invitations/opened', 'POST', { token }),
  accept: (body: Acceptance) => call(Account, '/api/invitations/accepted', 'POST', body),
  invitations: () => call(z.array(Invitation), '/api/invitations'),
  invite: (role: Role) => call(MadeInvitation, '/api/invitations', 'POST', { role }),
  withdraw: (id: string) => answerOf(`/api/invitations/${id}`, 'DELETE'),
  accounts: () => call(z.array(AccountEntry), '/api/accounts'),
  change: (id: string, body: AccountChange) => call(AccountEntry, account(id), 'PATCH', body),
  endSessions: (id: string) => answerOf(`${account(id)}/sessions`, 'DELETE'),
  passwordLink: (id: string) => call(MadeInvitation, `${account(id)}/password-link`, 'POST'),
};
