import { EventEmitter } from 'node:events';
import { type Account, Role, type StaffSession } from '@tatami/protocol';
import type { Store } from '../store/database.ts';
import { hashOf, newId, newToken } from './token.ts';

const hourMs = 3600_000;
/** Since signing in; then one signs in anew. */
export const maxSessionMs = 30 * 24 * hourMs;
/** Since it was last used. */
const maxIdleMs = 7 * 24 * hourMs;
/** How exactly the last use is kept: each time costs a write to the disk. */
const usedGrainMs = 5 * 60_000;
/** Of one account at once; with one more, the one used longest ago ends. */
const maxSessions = 20;

/** An account in one of its browsers. */
export interface SignedIn extends Account {
  sessionId: string;
}

/** The sessions of staff accounts. Emits `ended` with the id of each that is over, before its end is answered. */
export class StaffSessions extends EventEmitter<{ ended: [sessionId: string] }> {
  readonly #store: Store;

  constructor(store: Store) {
    super();
    this.#store = store;
  }

  /** @returns the token that the browser is to bring. */
  async start(accountId: string, browser: string, now = Date.now()): Promise<string> {
    const token = newToken();
    const at = new Date(now).toISOString();
    await this.#store
      .insertInto('account_sessions')
      .values({
        id: newId(),
        token_hash: hashOf(token),
        account_id: accountId,
        browser,
        signed_in_at: at,
        used_at: at,
      })
      .execute();
    const surplus = (await this.#rows(accountId)).slice(maxSessions);
    await this.#end(surplus.map(({ id }) => id));
    return token;
  }

  /** Who is signed in with this token, if anybody still is. */
  async find(token: string, now = Date.now()): Promise<SignedIn | undefined> {
    const row = await this.#store
      .selectFrom('account_sessions')
      .innerJoin('accounts', 'accounts.id', 'account_sessions.account_id')
      .select(['account_sessions.id as sessionId', 'accounts.id', 'name', 'role', 'used_at'])
      .where('token_hash', '=', hashOf(token))
      .where('signed_in_at', '>', ago(maxSessionMs, now))
      .where('used_at', '>', ago(maxIdleMs, now))
      .where('disabled_at', 'is', null)
      .executeTakeFirst();
    if (!row) return undefined;
    const { used_at, ...account } = row;
    // Never back: when a clock that had gone back is put right, the session must not look unused.
    if (now - Date.parse(used_at) > usedGrainMs) await this.#use(row.sessionId, now);
    return { ...account, role: Role.parse(account.role) };
  }

  async isLive(sessionId: string): Promise<boolean> {
    const row = await this.#store
      .selectFrom('account_sessions')
      .select('id')
      .where('id', '=', sessionId)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** The one used last comes first. */
  async of({ id, sessionId }: SignedIn): Promise<StaffSession[]> {
    return (await this.#rows(id)).map((row) => ({
      id: row.id,
      browser: row.browser,
      signedInAt: row.signed_in_at,
      usedAt: row.used_at,
      current: row.id === sessionId,
    }));
  }

  /** @returns false when the account has no such session. */
  async end(accountId: string, sessionId: string): Promise<boolean> {
    const own = (await this.#rows(accountId)).some(({ id }) => id === sessionId);
    if (own) await this.#end([sessionId]);
    return own;
  }

  /** Ends all of an account's sessions, or all but one. */
  async endAll(accountId: string, except?: string): Promise<void> {
    const ids = (await this.#rows(accountId)).map(({ id }) => id);
    await this.#end(ids.filter((id) => id !== except));
  }

  /** Ends those whose time is over. */
  async endOld(now = Date.now()): Promise<void> {
    const old = await this.#store
      .selectFrom('account_sessions')
      .select('id')
      .where(({ or, eb }) =>
        or([
          eb('signed_in_at', '<=', ago(maxSessionMs, now)),
          eb('used_at', '<=', ago(maxIdleMs, now)),
        ]),
      )
      .execute();
    await this.#end(old.map(({ id }) => id));
  }

  #rows(accountId: string) {
    return this.#store
      .selectFrom('account_sessions')
      .select(['id', 'browser', 'signed_in_at', 'used_at'])
      .where('account_id', '=', accountId)
      .orderBy('used_at', 'desc')
      .orderBy('signed_in_at', 'desc')
      .execute();
  }

  async #use(sessionId: string, now: number): Promise<void> {
    await this.#store
      .updateTable('account_sessions')
      .set({ used_at: new Date(now).toISOString() })
      .where('id', '=', sessionId)
      .execute();
  }

  async #end(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#store.deleteFrom('account_sessions').where('id', 'in', ids).execute();
    for (const id of ids) this.emit('ended', id);
  }
}

const ago = (ms: number, now: number): string => new Date(now - ms).toISOString();
