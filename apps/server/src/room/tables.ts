import { type Generated, type Kysely, type Migration, sql } from 'kysely';

/** What staff did. */
interface AuditTable {
  id: Generated<number>;
  workshop_id: string;
  /** Null when it was about everybody, and once the learner was erased. */
  learner_id: string | null;
  /** 1: about everybody. */
  to_all: number;
  account_id: string;
  /** The account's name then. */
  account_name: string;
  /** packages/protocol's AuditAct. */
  act: string;
  /** JSON of packages/protocol's AuditDetail. */
  detail: string;
  at: string;
  /** Of what lasts, once it is over. */
  ended_at: string | null;
  /** 1: it is over when `ended_at` says so. */
  lasts: number;
}

interface HandsTable {
  id: Generated<number>;
  workshop_id: string;
  learner_id: string;
  about: string;
  raised_at: string;
  claimed_by: string | null;
  claimed_name: string | null;
  /** Served, or lowered by the learner. */
  closed_at: string | null;
}

interface MessagesTable {
  id: Generated<number>;
  workshop_id: string;
  account_name: string;
  /** JSON of packages/protocol's RoomMessage without id, time and author. */
  body: string;
  at: string;
  /** 1: to everybody; else to those of `message_recipients`. */
  to_all: number;
}

interface MessageRecipientsTable {
  message_id: number;
  learner_id: string;
}

interface RoomStatesTable {
  workshop_id: string;
  /** JSON of packages/protocol's RoomTimer, or null. */
  timer: string | null;
  /** JSON array of step ids. */
  locked: string;
}

/** For how long a learner stood on a reason. */
interface TroublesTable {
  id: Generated<number>;
  workshop_id: string;
  learner_id: string;
  check_id: string;
  reason: string;
  began_at: string;
  ended_at: string | null;
}

export interface RoomTables {
  audit: AuditTable;
  hands: HandsTable;
  room_messages: MessagesTable;
  room_message_recipients: MessageRecipientsTable;
  room_states: RoomStatesTable;
  troubles: TroublesTable;
}

/** Of `0007_room`. Ids never come again: what is deleted leaves no number for another. */
export const roomMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const inRoom = (table: string) =>
      db.schema
        .createTable(table)
        .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('workshop_id', 'text', (c) => c.notNull().references('workshops.id'));
    await inRoom('audit')
      .addColumn('learner_id', 'text', (c) => c.references('learners.id'))
      .addColumn('to_all', 'integer', (c) => c.notNull())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('account_name', 'text', (c) => c.notNull())
      .addColumn('act', 'text', (c) => c.notNull())
      .addColumn('detail', 'text', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('ended_at', 'text')
      .addColumn('lasts', 'integer', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('audit_room').on('audit').columns(['workshop_id', 'id']).execute();
    await inRoom('hands')
      .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
      .addColumn('about', 'text', (c) => c.notNull())
      .addColumn('raised_at', 'text', (c) => c.notNull())
      .addColumn('claimed_by', 'text')
      .addColumn('claimed_name', 'text')
      .addColumn('closed_at', 'text')
      .execute();
    // A learner has one hand up at a time.
    await sql`create unique index hands_up on hands (learner_id) where closed_at is null`.execute(
      db,
    );
    await inRoom('room_messages')
      .addColumn('account_name', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('to_all', 'integer', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('room_message_recipients')
      .addColumn('message_id', 'integer', (c) => c.notNull().references('room_messages.id'))
      .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
      .addPrimaryKeyConstraint('room_message_recipients_key', ['message_id', 'learner_id'])
      .execute();
    await db.schema
      .createTable('room_states')
      .addColumn('workshop_id', 'text', (c) => c.primaryKey().references('workshops.id'))
      .addColumn('timer', 'text')
      .addColumn('locked', 'text', (c) => c.notNull())
      .execute();
    await inRoom('troubles')
      .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
      .addColumn('check_id', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('began_at', 'text', (c) => c.notNull())
      .addColumn('ended_at', 'text')
      .execute();
    await db.schema
      .createIndex('troubles_room')
      .on('troubles')
      .columns(['workshop_id', 'learner_id'])
      .execute();
  },
};
