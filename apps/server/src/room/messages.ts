import { RoomMessage } from '@tatami/protocol';
import { z } from 'zod';
import type { Store } from '../store/database.ts';

type WithoutHead<T> = T extends unknown ? Omit<T, 'id' | 'at' | 'by'> : never;
export type MessageBody = WithoutHead<RoomMessage>;

/** A message and whom it is for; null: everybody. */
export interface Told {
  message: RoomMessage;
  to: ReadonlySet<string> | null;
}

/** What a learner who comes late is still told, and a room keeps in memory. */
export const mostMessages = 50;

/** What staff told learners. A promise that resolved is on the disk. */
export class Messages {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Within the transaction that notes it. */
  async add(
    store: Store,
    workshopId: string,
    { by, body, to }: { by: string; body: MessageBody; to: string[] | null },
  ): Promise<Told> {
    const at = new Date();
    const { id } = await store
      .insertInto('room_messages')
      .values({
        workshop_id: workshopId,
        account_name: by,
        body: JSON.stringify(body),
        at: at.toISOString(),
        to_all: to ? 0 : 1,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    if (to)
      await store
        .insertInto('room_message_recipients')
        .values(to.map((learner_id) => ({ message_id: id, learner_id })))
        .execute();
    return { message: { ...body, id, at: at.getTime(), by }, to: to && new Set(to) };
  }

  /** The last ones, oldest first. */
  async last(workshopId: string): Promise<Told[]> {
    const rows = await this.#store
      .selectFrom('room_messages')
      .selectAll()
      .where('workshop_id', '=', workshopId)
      .orderBy('id', 'desc')
      .limit(mostMessages)
      .execute();
    const ids = rows.map(({ id }) => id);
    const recipients = await this.#store
      .selectFrom('room_message_recipients')
      .selectAll()
      .where('message_id', 'in', ids)
      .execute();
    return rows.reverse().map((row) => {
      const body = z.record(z.string(), z.unknown()).parse(JSON.parse(row.body));
      const head = { id: row.id, at: Date.parse(row.at), by: row.account_name };
      const own = recipients.filter((one) => one.message_id === row.id);
      return {
        message: RoomMessage.parse({ ...body, ...head }),
        to: row.to_all === 1 ? null : new Set(own.map((one) => one.learner_id)),
      };
    });
  }
}
