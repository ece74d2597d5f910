import { type RoomState, RoomTimer, StepId } from '@tatami/protocol';
import { z } from 'zod';
import type { Store } from '../store/database.ts';

export type KeptState = Pick<RoomState, 'timer' | 'locked'>;

/** Timer and locked steps of rooms. A promise that resolved is on the disk. */
export class RoomStates {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async of(workshopId: string, store: Store = this.#store): Promise<KeptState> {
    const row = await store
      .selectFrom('room_states')
      .selectAll()
      .where('workshop_id', '=', workshopId)
      .executeTakeFirst();
    return {
      timer: row?.timer ? RoomTimer.parse(JSON.parse(row.timer)) : null,
      locked: row ? z.array(StepId).parse(JSON.parse(row.locked)) : [],
    };
  }

  /** Within the transaction that notes it. */
  async save(store: Store, workshopId: string, { timer, locked }: KeptState): Promise<void> {
    const values = { timer: timer && JSON.stringify(timer), locked: JSON.stringify(locked) };
    await store
      .insertInto('room_states')
      .values({ workshop_id: workshopId, ...values })
      .onConflict((conflict) => conflict.column('workshop_id').doUpdateSet(values))
      .execute();
  }
}
