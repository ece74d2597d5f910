import { EventEmitter } from 'node:events';
import {
  Account,
  Allowed,
  AppError,
  includesRole,
  Joining,
  Seat,
  type Weights,
  Workshop,
  WorkshopPlan,
} from '@tatami/protocol';
import type { Selectable } from 'kysely';
import { newId } from '../accounts/token.ts';
import type { Store, Tables } from '../store/database.ts';
import { newJoinCode, normaliseJoinCode } from './join-code.ts';

/** Whoever of the staff asks. */
export interface StaffMember {
  id: string;
  role: 'assistant' | 'instructor' | 'admin';
}

/** A seat with its workshop. */
export interface SeatInWorkshop extends Seat {
  workshop: Workshop;
}

/** How often a fresh join code may turn out to be taken: 2^30 codes for a few thousand workshops. */
const codeTries = 5;

interface WorkshopsEvents {
  /** Its plan, or what somebody did by hand; not what the clock does. */
  changed: [workshopId: string];
  /** Somebody joined, was named otherwise, was removed or restored. */
  seats: [workshopId: string, learnerIds: string[]];
}

/** Workshops, their staff and who sits in them. A promise that resolved is on the disk. */
export class Workshops extends EventEmitter<WorkshopsEvents> {
  readonly #store: Store;
  readonly #now: () => Date;

  constructor(store: Store, now = () => new Date()) {
    super();
    this.#store = store;
    this.#now = now;
  }

  /** Makes a workshop whose only staff is its maker. */
  async create(plan: WorkshopPlan, maker: StaffMember): Promise<Workshop> {
    const id = newId();
    const created_at = this.#now().toISOString();
    await this.#store.transaction().execute(async (store) => {
      const join_code = await this.#freeCode(store);
      await store
        .insertInto('workshops')
        .values({ id, created_at, join_code, ...planColumns(plan) })
        .execute();
      await store
        .insertInto('workshop_staff')
        .values({ workshop_id: id, account_id: maker.id, added_at: created_at })
        .execute();
    });
    this.emit('changed', id);
    return this.known(id);
  }

  async #freeCode(store: Store): Promise<string> {
    for (let tries = 0; tries < codeTries; tries += 1) {
      const code = newJoinCode();
      const taken = await store
        .selectFrom('workshops')
        .select('id')
        .where('join_code', '=', code)
        .executeTakeFirst();
      if (!taken) return code;
    }
    throw new Error('no join code is free');
  }

  async byId(id: string): Promise<Workshop | undefined> {
    const row = await this.#rows().where('id', '=', id).executeTakeFirst();
    return row && this.#of(row);
  }

  /** @throws `workshop.unknown`. */
  async known(id: string): Promise<Workshop> {
    const workshop = await this.byId(id);
    if (!workshop) throw new AppError('workshop.unknown');
    return workshop;
  }

  /** However it was typed. */
  async byJoinCode(typed: string): Promise<Workshop | undefined> {
    const code = normaliseJoinCode(typed);
    if (!code) return undefined;
    const row = await this.#rows().where('join_code', '=', code).executeTakeFirst();
    return row && this.#of(row);
  }

  /** Those that a member of the staff may see, the latest first. */
  async ofStaff(account: StaffMember): Promise<Workshop[]> {
    let rows = this.#rows().orderBy('opens_at', 'desc').orderBy('id');
    if (account.role !== 'admin')
      rows = rows.where('id', 'in', (own) =>
        own.selectFrom('workshop_staff').select('workshop_id').where('account_id', '=', account.id),
      );
    return (await rows.execute()).map((row) => this.#of(row));
  }

  /** Those that have not ended, the next one first. */
  async joinable(): Promise<Workshop[]> {
    const rows = await this.#rows()
      .where('ended_at', 'is', null)
      .where('closes_at', '>', this.#now().toISOString())
      .orderBy('opens_at')
      .execute();
    return rows.map((row) => this.#of(row));
  }

  /** Whether somebody belongs to a workshop's staff; admins belong to all. */
  async staffMay(account: StaffMember, workshopId: string): Promise<boolean> {
    if (account.role === 'admin') return (await this.byId(workshopId)) !== undefined;
    const row = await this.#store
      .selectFrom('workshop_staff')
      .select('account_id')
      .where('workshop_id', '=', workshopId)
      .where('account_id', '=', account.id)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** A workshop for one of its staff. @throws `workshop.unknown` for everybody else, too. */
  async forStaff(account: StaffMember, workshopId: string): Promise<Workshop> {
    if (!(await this.staffMay(account, workshopId))) throw new AppError('workshop.unknown');
    return this.known(workshopId);
  }

  /** Those whose accounts may sign in, who made it first. */
  async staff(workshopId: string): Promise<Account[]> {
    const rows = await this.#store
      .selectFrom('workshop_staff')
      .innerJoin('accounts', 'accounts.id', 'workshop_staff.account_id')
      .select(['accounts.id', 'name', 'role'])
      .where('workshop_id', '=', workshopId)
      .where('disabled_at', 'is', null)
      .orderBy('added_at')
      .execute();
    return rows.map((row) => Account.parse(row));
  }

  /** @throws `workshop.account-unknown`. */
  async addStaff(workshopId: string, accountId: string): Promise<void> {
    const account = await this.#store
      .selectFrom('accounts')
      .select('id')
      .where('id', '=', accountId)
      .where('disabled_at', 'is', null)
      .executeTakeFirst();
    if (!account) throw new AppError('workshop.account-unknown');
    await this.#store
      .insertInto('workshop_staff')
      .values({
        workshop_id: workshopId,
        account_id: accountId,
        added_at: this.#now().toISOString(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** @throws `workshop.staff-last` when nobody would be left who runs it. */
  async removeStaff(workshopId: string, accountId: string): Promise<void> {
    const others = (await this.staff(workshopId)).filter(({ id }) => id !== accountId);
    if (!others.some(({ role }) => includesRole(role, 'instructor')))
      throw new AppError('workshop.staff-last');
    await this.#store
      .deleteFrom('workshop_staff')
      .where('workshop_id', '=', workshopId)
      .where('account_id', '=', accountId)
      .execute();
  }

  /** Changes the plan of a workshop that exists. */
  async change(id: string, plan: WorkshopPlan): Promise<Workshop> {
    await this.#set(id, planColumns(plan));
    return this.known(id);
  }

  /** Weighs its checklist items in its own way. */
  async weigh(id: string, weights: Weights): Promise<Workshop> {
    await this.#set(id, { weights: JSON.stringify(weights) });
    return this.known(id);
  }

  /** Opens it before its time. */
  async open(id: string): Promise<Workshop> {
    await this.#set(id, { opened_at: this.#now().toISOString() });
    return this.known(id);
  }

  /** Ends it before its time. A clock that is set back does not begin it again. */
  async end(id: string): Promise<Workshop> {
    await this.#set(id, { ended_at: this.#now().toISOString() });
    return this.known(id);
  }

  /** Has it close then, whether it has ended or not. */
  async closeAt(id: string, closesAt: string): Promise<Workshop> {
    await this.#set(id, { closes_at: closesAt, ended_at: null });
    return this.known(id);
  }

  async #set(id: string, values: Partial<Selectable<Tables['workshops']>>): Promise<void> {
    await this.#store.updateTable('workshops').set(values).where('id', '=', id).execute();
    this.emit('changed', id);
  }

  /** The seat that a learner is, if any; a removed one too. */
  async seatOf(learnerId: string): Promise<SeatInWorkshop | undefined> {
    const row = await this.#store
      .selectFrom('seats')
      .selectAll()
      .where('learner_id', '=', learnerId)
      .executeTakeFirst();
    return row && { ...seatOfRow(row), workshop: await this.known(row.workshop_id) };
  }

  /** All of a workshop, in the order in which they were made: also those not come for, and removed ones. */
  async seats(workshopId: string): Promise<Seat[]> {
    const rows = await this.#store
      .selectFrom('seats')
      .selectAll()
      .where('workshop_id', '=', workshopId)
      .orderBy('created_at')
      .orderBy('number')
      .orderBy('learner_id')
      .execute();
    return rows.map(seatOfRow);
  }

  #rows() {
    return this.#store.selectFrom('workshops').selectAll();
  }

  #of(row: Selectable<Tables['workshops']>): Workshop {
    return {
      id: row.id,
      title: row.title,
      labId: row.lab_id,
      language: Workshop.shape.language.parse(row.language),
      seats: row.seats,
      opensAt: row.opens_at,
      closesAt: row.closes_at,
      allowed: Allowed.parse(JSON.parse(row.allowed)),
      joining: Joining.parse(row.joining),
      weights: WorkshopPlan.shape.weights.parse(row.weights && JSON.parse(row.weights)),
      recordingsDays: row.recordings_days,
      marksDays: row.marks_days,
      joinCode: row.join_code,
      state: stateOf(row, this.#now().toISOString()),
      openedAt: row.opened_at !== null && row.opened_at < row.opens_at ? row.opened_at : null,
      endedAt: row.ended_at,
      createdAt: row.created_at,
    };
  }
}

/** By the clock, so that nothing is missed while no server runs; by hand for good. Times are ISO strings in UTC. */
export function stateOf(
  row: Pick<Selectable<Tables['workshops']>, 'opens_at' | 'closes_at' | 'opened_at' | 'ended_at'>,
  now: string,
): Workshop['state'] {
  if (row.ended_at !== null || now >= row.closes_at) return 'ended';
  return row.opened_at !== null || now >= row.opens_at ? 'open' : 'draft';
}

function planColumns(plan: WorkshopPlan) {
  return {
    title: plan.title,
    lab_id: plan.labId,
    language: plan.language,
    seats: plan.seats,
    opens_at: new Date(plan.opensAt).toISOString(),
    closes_at: new Date(plan.closesAt).toISOString(),
    allowed: JSON.stringify(plan.allowed),
    joining: plan.joining,
    weights: plan.weights && JSON.stringify(plan.weights),
    recordings_days: plan.recordingsDays,
    marks_days: plan.marksDays,
  };
}

function seatOfRow(row: Selectable<Tables['seats']>): Seat {
  return Seat.parse({
    learnerId: row.learner_id,
    workshopId: row.workshop_id,
    name: row.name,
    number: row.number,
    language: row.language,
    onRoster: row.pin !== null,
    joinedAt: row.joined_at,
    removedAt: row.removed_at,
  });
}
