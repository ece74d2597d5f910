import {
  type Acceptance,
  type Account,
  AppError,
  type Invitation,
  type InvitationOffer,
  invitableRoles,
  type MadeInvitation,
  Role,
} from '@tatami/protocol';
import type { Transaction } from 'kysely';
import type { Store, Tables } from '../store/database.ts';
import type { Accounts } from './accounts.ts';
import { type Passwords, refuseWeak } from './passwords.ts';
import type { SetupLink } from './setup-link.ts';
import type { SignedIn, StaffSessions } from './staff-sessions.ts';
import { hashOf, newId, newToken } from './token.ts';

const lifetimeMs = 7 * 24 * 3600_000;

interface Offer extends InvitationOffer {
  /** Of the invitation; null for the set-up link, of which there is none yet. */
  id: string | null;
  accountId: string | null;
}

interface Parts {
  store: Store;
  accounts: Accounts;
  passwords: Passwords;
  sessions: StaffSessions;
  setupLink: SetupLink;
}

/** Links that make an account or give one a new password, each good for one time. */
export class Invitations {
  readonly #store: Store;
  readonly #accounts: Accounts;
  readonly #passwords: Passwords;
  readonly #sessions: StaffSessions;
  readonly #setupLink: SetupLink;

  constructor(parts: Parts) {
    this.#store = parts.store;
    this.#accounts = parts.accounts;
    this.#passwords = parts.passwords;
    this.#sessions = parts.sessions;
    this.#setupLink = parts.setupLink;
  }

  /** Without any account there is a set-up link. */
  async ensureSomebodyCanBegin(): Promise<void> {
    if (!(await this.#accounts.areThere())) await this.#setupLink.ensure();
  }

  /** @throws `account.link-unknown`. */
  async offer(token: string): Promise<InvitationOffer> {
    const { kind, role, name } = await this.#find(token);
    return { kind, role, name };
  }

  /**
   * Makes the account, or gives it its new password.
   * @throws `account.link-unknown`, `account.name-taken`, `account.password-weak`, `account.busy`.
   */
  async accept({ token, name, password }: Acceptance): Promise<Account> {
    const offer = await this.#find(token);
    const wanted = offer.name ?? name;
    if (wanted === undefined) throw new AppError('request.invalid');
    refuseWeak(password, wanted);
    const passwordHash = await this.#passwords.hash(password);
    const account = await this.#store.transaction().execute(async (tx) => {
      await this.#use(tx, offer, token);
      if (offer.accountId === null)
        return this.#accounts.add(tx, { name: wanted, role: offer.role, passwordHash });
      await this.#accounts.setPassword(offer.accountId, passwordHash, tx);
      return { id: offer.accountId, name: wanted, role: offer.role };
    });
    if (offer.accountId !== null) await this.#sessions.endAll(offer.accountId);
    if (offer.kind === 'setup') await this.#setupLink.remove();
    return account;
  }

  /** @throws `account.forbidden` for a role that the inviter may not give. */
  async invite(by: SignedIn, role: Role): Promise<MadeInvitation> {
    if (!invitableRoles(by.role).includes(role)) throw new AppError('account.forbidden');
    return this.#make(by, role, null);
  }

  /** A link by which an account gets a new password. @throws `account.unknown`. */
  async passwordLink(by: SignedIn, accountId: string): Promise<MadeInvitation> {
    return this.#make(by, (await this.#accounts.byId(accountId)).role, accountId);
  }

  /** Those that can still be used: an admin's all, else one's own. */
  async open(by: SignedIn): Promise<Invitation[]> {
    const rows = await this.#usable().execute();
    return rows
      .filter(isStillGood)
      .filter(({ made_by }) => by.role === 'admin' || made_by === by.id)
      .map((row) => ({
        id: row.id,
        role: Role.parse(row.role),
        name: row.name,
        madeBy: row.maker,
        madeAt: row.made_at,
        expiresAt: row.expires_at,
      }));
  }

  /** @throws `account.link-unknown`. */
  async withdraw(by: SignedIn, id: string): Promise<void> {
    const own = (await this.open(by)).some((invitation) => invitation.id === id);
    if (!own) throw new AppError('account.link-unknown');
    await this.#store.deleteFrom('invitations').where('id', '=', id).execute();
  }

  /** Forgets those that nobody used in time. */
  async removeOld(now = Date.now()): Promise<void> {
    await this.#store
      .deleteFrom('invitations')
      .where('accepted_at', 'is', null)
      .where('expires_at', '<=', new Date(now).toISOString())
      .execute();
  }

  async #make(by: SignedIn, role: Role, accountId: string | null): Promise<MadeInvitation> {
    const token = newToken();
    const now = Date.now();
    const id = newId();
    await this.#store
      .insertInto('invitations')
      .values({
        id,
        token_hash: hashOf(token),
        role,
        account_id: accountId,
        made_by: by.id,
        made_at: new Date(now).toISOString(),
        expires_at: new Date(now + lifetimeMs).toISOString(),
        accepted_at: null,
      })
      .execute();
    const invitation = (await this.open(by)).find((one) => one.id === id);
    if (!invitation) throw new Error('an invitation that was just made is not there');
    return { invitation, token };
  }

  async #find(token: string): Promise<Offer> {
    const row = await this.#usable().where('token_hash', '=', hashOf(token)).executeTakeFirst();
    if (row && isStillGood(row)) {
      const { id, account_id: accountId, name } = row;
      const kind = accountId === null ? 'account' : 'password';
      return { id, accountId, name, kind, role: Role.parse(row.role) };
    }
    if (!(await this.#setupLink.matches(token))) throw new AppError('account.link-unknown');
    return { id: null, accountId: null, name: null, kind: 'setup', role: 'admin' };
  }

  /** Not used, not too old, and by and for accounts that are not disabled. */
  #usable() {
    return this.#store
      .selectFrom('invitations')
      .innerJoin('accounts as makers', 'makers.id', 'made_by')
      .leftJoin('accounts', 'accounts.id', 'account_id')
      .select(['invitations.id', 'invitations.role', 'account_id', 'made_by', 'made_at'])
      .select(['expires_at', 'accounts.name', 'makers.name as maker', 'makers.role as makerRole'])
      .where('accepted_at', 'is', null)
      .where('expires_at', '>', new Date().toISOString())
      .where('makers.disabled_at', 'is', null)
      .where('accounts.disabled_at', 'is', null)
      .orderBy('made_at', 'desc');
  }

  /** Of two that come at once, one gets it. */
  async #use(tx: Transaction<Tables>, offer: Offer, token: string): Promise<void> {
    const accepted_at = new Date().toISOString();
    if (offer.id === null) {
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('invitations')
        .values({
          ...{ id: newId(), token_hash: hashOf(token), role: offer.role, account_id: null },
          ...{ made_by: null, made_at: accepted_at, expires_at: accepted_at, accepted_at },
        })
        .onConflict((conflict) => conflict.column('token_hash').doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows !== 1n) throw new AppError('account.link-unknown');
      return;
    }
    const { numUpdatedRows } = await tx
      .updateTable('invitations')
      .set({ accepted_at })
      .where('id', '=', offer.id)
      .where('accepted_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new AppError('account.link-unknown');
  }
}

/** Whether who made it may still do so. */
function isStillGood(row: { role: string; makerRole: string; account_id: string | null }): boolean {
  const makerRole = Role.parse(row.makerRole);
  if (row.account_id !== null) return makerRole === 'admin';
  return invitableRoles(makerRole).includes(Role.parse(row.role));
}
