import { randomInt } from 'node:crypto';
import {
  AppError,
  type JoinRequest,
  maxSeats,
  type RosterEntry,
  type Slip,
  type Workshop,
} from '@tatami/protocol';
import type { Transaction } from 'kysely';
import { eraseRows } from '../privacy/erasure.ts';
import type { Learner, Learners } from '../sessions/learners.ts';
import type { Store, Tables } from '../store/database.ts';
import { nameKey, numberKey, plainNumber } from './names.ts';
import type { Workshops } from './workshops.ts';

type Tx = Transaction<Tables>;
type ByName = Extract<JoinRequest, { by: 'name' }>;
type ByPin = Extract<JoinRequest, { by: 'pin' }>;

/** What keeping a roster changes. */
export interface RosterChange {
  added: RosterEntry[];
  changed: RosterEntry[];
  /** Keys of the numbers of seats that nobody has come for. */
  gone: string[];
}

/** Who takes, has and leaves seats. A promise that resolved is on the disk; what joins at one moment gets one seat. */
export class Seats {
  readonly #store: Store;
  readonly #learners: Learners;
  readonly #tell: (workshopId: string, learnerIds: string[]) => void;
  readonly #now: () => Date;

  constructor(
    parts: { store: Store; learners: Learners; workshops: Workshops },
    now = () => new Date(),
  ) {
    this.#store = parts.store;
    this.#learners = parts.learners;
    this.#tell = (workshopId, learnerIds) => parts.workshops.emit('seats', workshopId, learnerIds);
    this.#now = now;
  }

  /**
   * A seat for somebody who has the code.
   * @throws `workshop.full`, `workshop.name-taken`, `workshop.number-taken`, `workshop.number-missing`.
   */
  async join(workshop: Workshop, { name, number, language }: ByName): Promise<Learner> {
    const asked = workshop.joining === 'name-number';
    if (asked && number === null) throw new AppError('workshop.number-missing');
    const kept = asked ? number : null;
    const learner = await this.#store.transaction().execute(async (store) => {
      const taken = await this.#taken(store, workshop.id, name, kept);
      if (taken) throw new AppError(kept ? 'workshop.number-taken' : 'workshop.name-taken');
      await this.#demandRoom(store, workshop, 1);
      return this.#insert(store, workshop.id, {
        ...{ name, number: kept, language, pin: null },
        joinedAt: this.#now().toISOString(),
      });
    });
    this.#tell(workshop.id, [learner.id]);
    return learner;
  }

  /** Whoever has this number and PIN, if anybody. */
  async byPin(workshop: Workshop, { number, pin }: ByPin): Promise<string | undefined> {
    const row = await this.#store
      .selectFrom('seats')
      .select('learner_id')
      .where('workshop_id', '=', workshop.id)
      .where('number_key', '=', numberKey(number))
      .where('pin', '=', pin.normalize('NFKC'))
      .executeTakeFirst();
    return row?.learner_id;
  }

  /** The seat that a name, with a number where that is asked for, belongs to; of a roster's the number is enough. */
  async named(workshop: Workshop, name: string | null, number: string | null) {
    if (name === null && (workshop.joining !== 'roster' || number === null)) return undefined;
    const row = await this.#taken(
      ...([this.#store, workshop.id, name ?? ''] as const),
      workshop.joining === 'name' ? null : number,
    );
    return row && (name === null || row.name_key === nameKey(name)) ? row.learner_id : undefined;
  }

  /** Notes that somebody has come for a seat. The first time stays. */
  async arrive(learnerId: string): Promise<void> {
    const row = await this.#store
      .updateTable('seats')
      .set({ joined_at: this.#now().toISOString() })
      .where('learner_id', '=', learnerId)
      .where('joined_at', 'is', null)
      .returning('workshop_id')
      .executeTakeFirst();
    if (row) this.#tell(row.workshop_id, [learnerId]);
  }

  /** Takes a seat off; what was done in it stays. */
  async remove(learnerId: string): Promise<void> {
    const workshopId = await this.#setRemoved(this.#store, learnerId, this.#now().toISOString());
    this.#tell(workshopId, [learnerId]);
  }

  /** Gives a seat back that was taken off. @throws `workshop.full`. */
  async restore(workshop: Workshop, learnerId: string): Promise<void> {
    await this.#store.transaction().execute(async (store) => {
      await this.#demandRoom(store, workshop, 1);
      await this.#setRemoved(store, learnerId, null);
    });
    this.#tell(workshop.id, [learnerId]);
  }

  async #setRemoved(store: Store, learnerId: string, at: string | null): Promise<string> {
    const { workshop_id } = await store
      .updateTable('seats')
      .set({ removed_at: at })
      .where('learner_id', '=', learnerId)
      .returning('workshop_id')
      .executeTakeFirstOrThrow();
    return workshop_id;
  }

  /** How many are taken: those of the roster are, whether somebody has come or not. */
  async count(workshopId: string): Promise<number> {
    return this.#count(this.#store, workshopId);
  }

  /** One more on the roster. @throws `workshop.full`, `workshop.number-taken`. */
  async add(workshop: Workshop, { name, number, language }: RosterEntry): Promise<void> {
    await this.#store.transaction().execute(async (store) => {
      if (await this.#taken(store, workshop.id, name, number))
        throw new AppError('workshop.number-taken');
      await this.#demandRoom(store, workshop, 1);
      await this.#insert(store, workshop.id, {
        ...{ name, number, language, pin: newPin(), joinedAt: null },
      });
    });
    this.#tell(workshop.id, []);
  }

  /** What it would change to keep this roster. Seats that somebody has come for stay in any case. */
  async compare(
    workshopId: string,
    entries: RosterEntry[],
    store = this.#store,
  ): Promise<RosterChange> {
    const rows = await store
      .selectFrom('seats')
      .select(['number', 'number_key', 'name', 'language', 'pin', 'joined_at'])
      .where('workshop_id', '=', workshopId)
      .where('number', 'is not', null)
      .execute();
    const byNumber = new Map(rows.map((row) => [row.number_key, row]));
    const numbers = new Set(entries.map(({ number }) => numberKey(number)));
    return {
      added: entries.filter(({ number }) => !byNumber.has(numberKey(number))),
      changed: entries.filter((entry) => {
        const row = byNumber.get(numberKey(entry.number));
        return row && (row.name !== entry.name || row.language !== entry.language);
      }),
      gone: rows.flatMap(({ number_key, pin, joined_at }) => {
        const stays = number_key === null || pin === null || joined_at !== null;
        return stays || numbers.has(number_key) ? [] : [number_key];
      }),
    };
  }

  /** Keeps a roster, with room for all of it. @throws `workshop.roster-size` when a workshop cannot have that many seats. */
  async keep(workshop: Workshop, entries: RosterEntry[]): Promise<void> {
    await this.#store.transaction().execute(async (store) => {
      const { added, changed, gone } = await this.compare(workshop.id, entries, store);
      for (const key of gone) await this.#drop(store, workshop.id, key);
      for (const { number, name, language } of changed)
        await store
          .updateTable('seats')
          .set({ name, name_key: nameKey(name), language })
          .where('workshop_id', '=', workshop.id)
          .where('number_key', '=', numberKey(number))
          .execute();
      for (const { number, name, language } of added)
        await this.#insert(store, workshop.id, {
          ...{ name, number, language, pin: newPin(), joinedAt: null },
        });
      const taken = await this.#count(store, workshop.id);
      if (taken > maxSeats) throw new AppError('workshop.roster-size');
      if (taken > workshop.seats)
        await store
          .updateTable('workshops')
          .set({ seats: taken })
          .where('id', '=', workshop.id)
          .execute();
    });
    this.#tell(workshop.id, []);
  }

  /** What is printed for those on the roster, by number. */
  async slips(workshopId: string): Promise<Slip[]> {
    const rows = await this.#store
      .selectFrom('seats')
      .innerJoin('learners', 'learners.id', 'seats.learner_id')
      .select(['number', 'name', 'language', 'pin', 'resume_code'])
      .where('workshop_id', '=', workshopId)
      .where('pin', 'is not', null)
      .where('removed_at', 'is', null)
      .orderBy('number')
      .execute();
    return rows.map(({ number, name, language, pin, resume_code }) => ({
      ...{ number: number ?? '', name, pin: pin ?? '', personalCode: resume_code },
      language: language as Slip['language'],
    }));
  }

  /** Numbers tell people apart where there are any. */
  #taken(store: Store, workshopId: string, name: string, number: string | null) {
    const seats = store
      .selectFrom('seats')
      .select(['learner_id', 'name_key'])
      .where('workshop_id', '=', workshopId);
    const same =
      number === null
        ? seats.where('name_key', '=', nameKey(name))
        : seats.where('number_key', '=', numberKey(number));
    return same.executeTakeFirst();
  }

  async #count(store: Store, workshopId: string): Promise<number> {
    const { taken } = await store
      .selectFrom('seats')
      .select(({ fn }) => fn.countAll<number>().as('taken'))
      .where('workshop_id', '=', workshopId)
      .where('removed_at', 'is', null)
      .executeTakeFirstOrThrow();
    return taken;
  }

  async #demandRoom(store: Tx, { id, seats }: Workshop, more: number): Promise<void> {
    if ((await this.#count(store, id)) + more > seats) throw new AppError('workshop.full');
  }

  async #insert(
    store: Tx,
    workshopId: string,
    seat: {
      name: string;
      number: string | null;
      language: string;
      pin: string | null;
      joinedAt: string | null;
    },
  ): Promise<Learner> {
    const learner = await this.#learners.create(store);
    const { joinedAt, ...columns } = seat;
    await store
      .insertInto('seats')
      .values({
        ...columns,
        number: seat.number && plainNumber(seat.number),
        number_key: seat.number && numberKey(seat.number),
        learner_id: learner.id,
        workshop_id: workshopId,
        name_key: nameKey(seat.name),
        created_at: this.#now().toISOString(),
        joined_at: joinedAt,
        removed_at: null,
      })
      .execute();
    return learner;
  }

  /** A seat that nobody has come for leaves nothing behind. */
  async #drop(store: Tx, workshopId: string, key: string): Promise<void> {
    const row = await store
      .selectFrom('seats')
      .select('learner_id')
      .where('workshop_id', '=', workshopId)
      .where('number_key', '=', key)
      .where('joined_at', 'is', null)
      .executeTakeFirst();
    // The staff may have written to, marked or removed whoever never came.
    if (row) await eraseRows(store, row.learner_id);
  }
}

const newPin = (): string => String(randomInt(1_000_000)).padStart(6, '0');
