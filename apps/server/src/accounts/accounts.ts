import {
  type Account,
  type AccountChange,
  type AccountEntry,
  AppError,
  Role,
} from '@tatami/protocol';
import type { Transaction } from 'kysely';
import type { Store, Tables } from '../store/database.ts';
import type { StaffSessions } from './staff-sessions.ts';
import { newId } from './token.ts';

/** What two names have in common that would be taken for each other. */
export const nameKeyOf = (name: string): string =>
  name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();

/** Those who run workshops. An account is never deleted: what it did stays under its name. */
export class Accounts {
  readonly #store: Store;
  readonly #sessions: StaffSessions;

  constructor(store: Store, sessions: StaffSessions) {
    this.#store = store;
    this.#sessions = sessions;
  }

  async areThere(): Promise<boolean> {
    return (await this.#store.selectFrom('accounts').select('id').executeTakeFirst()) !== undefined;
  }

  /** Within a transaction, so that an invitation is used up by it or not at all. @throws `account.name-taken`. */
  async add(
    tx: Transaction<Tables>,
    { name, role, passwordHash }: { name: string; role: Role; passwordHash: string },
  ): Promise<Account> {
    const nameKey = nameKeyOf(name);
    const taken = await tx
      .selectFrom('accounts')
      .select('id')
      .where('name_key', '=', nameKey)
      .executeTakeFirst();
    if (taken) throw new AppError('account.name-taken');
    const account = { id: newId(), name, role };
    await tx
      .insertInto('accounts')
      .values({
        ...account,
        name_key: nameKey,
        password_hash: passwordHash,
        created_at: new Date().toISOString(),
        disabled_at: null,
      })
      .execute();
    return account;
  }

  /** An account that may sign in, by its name however it was typed. */
  async byName(typed: string): Promise<(Account & { passwordHash: string }) | undefined> {
    const row = await this.#enabled().where('name_key', '=', nameKeyOf(typed)).executeTakeFirst();
    return row && { ...row, role: Role.parse(row.role) };
  }

  /** @throws `account.unknown`, also for one that is disabled. */
  async byId(id: string): Promise<Account & { passwordHash: string }> {
    const row = await this.#enabled().where('id', '=', id).executeTakeFirst();
    if (!row) throw new AppError('account.unknown');
    return { ...row, role: Role.parse(row.role) };
  }

  /** All of them, those that are disabled too, in the order of their names. */
  async entries(): Promise<AccountEntry[]> {
    const rows = await this.#store
      .selectFrom('accounts')
      .leftJoin('account_sessions', 'account_sessions.account_id', 'accounts.id')
      .select(['accounts.id', 'name', 'role', 'created_at', 'disabled_at'])
      .select(({ fn }) => fn.count<number>('account_sessions.id').as('sessions'))
      .groupBy('accounts.id')
      .orderBy('name_key')
      .execute();
    return rows.map(({ id, name, role, created_at, disabled_at, sessions }) => ({
      id,
      name,
      role: Role.parse(role),
      createdAt: created_at,
      disabled: disabled_at !== null,
      sessions: Number(sessions),
    }));
  }

  /**
   * Changes role or state, and ends the account's sessions: whoever has them signs in anew with what is left.
   * @throws `account.unknown`, `account.last-admin`.
   */
  async change(id: string, { role, disabled }: AccountChange): Promise<void> {
    await this.#store.transaction().execute(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('accounts')
        .set({
          ...(role ? { role } : {}),
          ...(disabled === undefined
            ? {}
            : { disabled_at: disabled ? new Date().toISOString() : null }),
        })
        .where('id', '=', id)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw new AppError('account.unknown');
      const admin = await tx
        .selectFrom('accounts')
        .select('id')
        .where('role', '=', 'admin')
        .where('disabled_at', 'is', null)
        .executeTakeFirst();
      if (!admin) throw new AppError('account.last-admin');
    });
    await this.#sessions.endAll(id);
  }

  /** Sessions that began with the password before are the caller's to end, once this is on the disk. */
  async setPassword(
    id: string,
    passwordHash: string,
    store: Store | Transaction<Tables> = this.#store,
  ): Promise<void> {
    await store
      .updateTable('accounts')
      .set({ password_hash: passwordHash })
      .where('id', '=', id)
      .execute();
  }

  #enabled() {
    return this.#store
      .selectFrom('accounts')
      .select(['id', 'name', 'role', 'password_hash as passwordHash'])
      .where('disabled_at', 'is', null);
  }
}
