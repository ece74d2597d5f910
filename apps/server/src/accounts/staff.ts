import type { FastifyInstance } from 'fastify';
import type { Store } from '../store/database.ts';
import { Accounts } from './accounts.ts';
import { Invitations } from './invitations.ts';
import { Passwords } from './passwords.ts';
import { SetupLink } from './setup-link.ts';
import { SignInLimits } from './sign-in-limits.ts';
import { StaffSessions } from './staff-sessions.ts';

const sweepEveryMs = 10 * 60_000;

/** All that the routes of accounts need. What is too old is forgotten as long as the server runs. */
export async function openStaff(
  app: FastifyInstance,
  { store, dataDir, secure }: { store: Store; dataDir: string; secure: boolean },
) {
  const sessions = new StaffSessions(store);
  const accounts = new Accounts(store, sessions);
  const passwords = new Passwords();
  const setupLink = new SetupLink(dataDir);
  const invitations = new Invitations({ store, accounts, passwords, sessions, setupLink });
  await invitations.ensureSomebodyCanBegin();
  const sweep = () =>
    Promise.all([sessions.endOld(), invitations.removeOld()]).catch((err: unknown) =>
      app.log.error({ err }, 'old sessions of the staff could not be ended'),
    );
  const timer = setInterval(sweep, sweepEveryMs);
  app.addHook('onClose', async () => clearInterval(timer));
  return { accounts, passwords, sessions, invitations, limits: new SignInLimits(secure), secure };
}
