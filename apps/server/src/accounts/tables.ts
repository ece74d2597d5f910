import type { Kysely, Migration } from 'kysely';

interface AccountsRow {
  id: string;
  name: string;
  /** What must be unique of the name. */
  name_key: string;
  /** packages/protocol's Role. */
  role: string;
  /** Argon2id, in PHC format. */
  password_hash: string;
  created_at: string;
  disabled_at: string | null;
}

interface AccountSessionsRow {
  id: string;
  /** SHA-256 of what the cookie holds. */
  token_hash: string;
  account_id: string;
  browser: string;
  signed_in_at: string;
  used_at: string;
}

interface InvitationsRow {
  id: string;
  /** SHA-256 of what the link holds. */
  token_hash: string;
  role: string;
  /** Whose new password it is for; null when it makes an account. */
  account_id: string | null;
  /** Null for the set-up link. */
  made_by: string | null;
  made_at: string;
  expires_at: string;
  accepted_at: string | null;
}

export interface AccountTables {
  accounts: AccountsRow;
  account_sessions: AccountSessionsRow;
  invitations: InvitationsRow;
}

export const accountsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('accounts')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('name_key', 'text', (c) => c.notNull().unique())
      .addColumn('role', 'text', (c) => c.notNull())
      .addColumn('password_hash', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('disabled_at', 'text')
      .execute();
    await db.schema
      .createTable('account_sessions')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('token_hash', 'text', (c) => c.notNull().unique())
      .addColumn('account_id', 'text', (c) => c.notNull().references('accounts.id'))
      .addColumn('browser', 'text', (c) => c.notNull())
      .addColumn('signed_in_at', 'text', (c) => c.notNull())
      .addColumn('used_at', 'text', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('invitations')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('token_hash', 'text', (c) => c.notNull().unique())
      .addColumn('role', 'text', (c) => c.notNull())
      .addColumn('account_id', 'text', (c) => c.references('accounts.id'))
      .addColumn('made_by', 'text', (c) => c.references('accounts.id'))
      .addColumn('made_at', 'text', (c) => c.notNull())
      .addColumn('expires_at', 'text', (c) => c.notNull())
      .addColumn('accepted_at', 'text')
      .execute();
  },
};
