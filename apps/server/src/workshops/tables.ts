import type { Kysely, Migration } from 'kysely';

interface WorkshopsRow {
  id: string;
  title: string;
  lab_id: string;
  language: string;
  seats: number;
  /** As it is shown, `ABC-DEF`. */
  join_code: string;
  opens_at: string;
  closes_at: string;
  /** When it was opened by hand, before its time. */
  opened_at: string | null;
  /** When it was ended by hand, before its time. */
  ended_at: string | null;
  /** JSON of packages/protocol's Allowed. */
  allowed: string;
  joining: string;
  /** JSON of packages/protocol's Weights, or null. */
  weights: string | null;
  recordings_days: number;
  marks_days: number;
  created_at: string;
}

interface WorkshopStaffRow {
  workshop_id: string;
  account_id: string;
  added_at: string;
}

interface SeatsRow {
  learner_id: string;
  workshop_id: string;
  name: string;
  /** What two names that look alike have in common. */
  name_key: string;
  number: string | null;
  /** What two numbers that read alike have in common. */
  number_key: string | null;
  language: string;
  /** On the slip of a seat that comes from the roster; null for those who joined by the code. */
  pin: string | null;
  created_at: string;
  joined_at: string | null;
  removed_at: string | null;
}

/** Who asks to go on in a seat without its personal code. */
interface RejoinsRow {
  id: string;
  workshop_id: string;
  learner_id: string;
  /** SHA-256 of what the browser that asks knows. */
  secret_hash: string;
  asked_at: string;
  decided_at: string | null;
  /** 0 or 1, once it was decided. */
  allowed: number | null;
}

export interface WorkshopTables {
  workshops: WorkshopsRow;
  workshop_staff: WorkshopStaffRow;
  seats: SeatsRow;
  rejoins: RejoinsRow;
}

export const workshopsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('workshops')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('title', 'text', (c) => c.notNull())
      .addColumn('lab_id', 'text', (c) => c.notNull())
      .addColumn('language', 'text', (c) => c.notNull())
      .addColumn('seats', 'integer', (c) => c.notNull())
      .addColumn('join_code', 'text', (c) => c.notNull().unique())
      .addColumn('opens_at', 'text', (c) => c.notNull())
      .addColumn('closes_at', 'text', (c) => c.notNull())
      .addColumn('opened_at', 'text')
      .addColumn('ended_at', 'text')
      .addColumn('allowed', 'text', (c) => c.notNull())
      .addColumn('joining', 'text', (c) => c.notNull())
      .addColumn('weights', 'text')
      .addColumn('recordings_days', 'integer', (c) => c.notNull())
      .addColumn('marks_days', 'integer', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('workshop_staff')
      .addColumn('workshop_id', 'text', (c) => c.notNull().references('workshops.id'))
      .addColumn('account_id', 'text', (c) => c.notNull().references('accounts.id'))
      .addColumn('added_at', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('workshop_staff_key', ['workshop_id', 'account_id'])
      .execute();
    await db.schema
      .createTable('seats')
      .addColumn('learner_id', 'text', (c) => c.primaryKey().references('learners.id'))
      .addColumn('workshop_id', 'text', (c) => c.notNull().references('workshops.id'))
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('name_key', 'text', (c) => c.notNull())
      .addColumn('number', 'text')
      .addColumn('number_key', 'text')
      .addColumn('language', 'text', (c) => c.notNull())
      .addColumn('pin', 'text')
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('joined_at', 'text')
      .addColumn('removed_at', 'text')
      .execute();
    await db.schema
      .createIndex('seats_by_workshop')
      .on('seats')
      .columns(['workshop_id', 'name_key'])
      .execute();
    // Two who join at the same moment must not both get the number that tells them apart.
    await db.schema
      .createIndex('seats_by_number')
      .unique()
      .on('seats')
      .columns(['workshop_id', 'number_key'])
      .execute();
    await db.schema
      .createTable('rejoins')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('workshop_id', 'text', (c) => c.notNull().references('workshops.id'))
      .addColumn('learner_id', 'text', (c) => c.notNull().references('seats.learner_id'))
      .addColumn('secret_hash', 'text', (c) => c.notNull().unique())
      .addColumn('asked_at', 'text', (c) => c.notNull())
      .addColumn('decided_at', 'text')
      .addColumn('allowed', 'integer')
      .execute();
  },
};
