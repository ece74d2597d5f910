import { AppError, type Workshop } from '@tatami/protocol';
import type { Attempts } from '../attempts/attempts.ts';
import type { AttemptNews } from '../attempts/listeners.ts';
import type { Labs } from '../labs/labs.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import type { Store } from '../store/database.ts';
import type { Workshops } from '../workshops/workshops.ts';
import { Audit } from './audit.ts';
import { Hands } from './hands.ts';
import { Messages } from './messages.ts';
import { Room } from './room.ts';
import { RoomStates } from './room-states.ts';

/** What {@link Rooms} works with. */
interface Given {
  store: Store;
  attempts: Attempts;
  labs: Labs;
  runner: RunnerClient;
  workshops: Workshops;
  warn: (message: string, error: unknown) => void;
}

export interface RoomParts extends Given {
  hands: Hands;
  messages: Messages;
  states: RoomStates;
  audit: Audit;
}

const upkeepMs = 5_000;
/** A room that nobody looks at and where nothing happens is forgotten; the next who comes finds it again. */
const idleMs = 15 * 60_000;
/** Learners of whom it is remembered whether they have a seat. */
const maxKnown = 20_000;

/** The rooms of workshops, each from when it is first needed. */
export class Rooms {
  readonly parts: RoomParts;
  readonly #rooms = new Map<string, Promise<Room>>();
  /** The workshop of a learner, or null. A seat is a learner of its own, so this never changes. */
  readonly #workshopOf = new Map<string, Promise<string | null>>();
  readonly #stopWatching: () => void;
  readonly #upkeep: NodeJS.Timeout;

  constructor(given: Given) {
    const { store } = given;
    this.parts = {
      ...{ ...given, audit: new Audit(store), hands: new Hands(store) },
      ...{ messages: new Messages(store), states: new RoomStates(store) },
    };
    const onSeats = (workshopId: string) => {
      // One that cannot be loaded is read anew by whoever asks for it next.
      this.#rooms.get(workshopId)?.then(
        (room) => room.seatsChanged(),
        () => undefined,
      );
    };
    for (const event of ['seats', 'changed'] as const) given.workshops.on(event, onSeats);
    const unwatch = given.attempts.watch((news) => void this.#hear(news));
    this.#stopWatching = () => {
      unwatch();
      for (const event of ['seats', 'changed'] as const) given.workshops.off(event, onSeats);
    };
    this.#upkeep = setInterval(() => void this.#keepUp(), upkeepMs);
    this.#upkeep.unref();
  }

  /** @throws `workshop.unknown`. */
  async room(workshopId: string): Promise<Room> {
    const known = this.#rooms.get(workshopId);
    if (known) return known;
    const workshop = await this.parts.workshops.known(workshopId);
    const loading = this.#rooms.get(workshopId) ?? Room.load(this.parts, workshop);
    this.#rooms.set(workshopId, loading);
    loading.catch(() => this.#rooms.delete(workshopId));
    return loading;
  }

  /** The room that a learner sits in; undefined without a seat, and once the workshop has ended. */
  async ofLearner(learnerId: string): Promise<Room | undefined> {
    const workshopId = await this.#seatedIn(learnerId);
    if (!workshopId) return undefined;
    const room = await this.room(workshopId);
    await room.reseat();
    return room.board.has(learnerId) && isOn(await this.#now(room)) ? room : undefined;
  }

  /** @throws `room.none`. */
  async demandRoom(learnerId: string): Promise<Room> {
    const room = await this.ofLearner(learnerId);
    if (!room) throw new AppError('room.none');
    return room;
  }

  /** @throws `step.locked` when the learner's room has this step locked. */
  async demandOpen(learnerId: string, labId: string, stepId: string): Promise<void> {
    const room = await this.ofLearner(learnerId);
    if (room?.workshop.labId === labId && room.state.locked.includes(stepId))
      throw new AppError('step.locked');
  }

  async close(): Promise<void> {
    this.#stopWatching();
    clearInterval(this.#upkeep);
    for (const loading of this.#rooms.values())
      await loading
        .then((room) => room.close())
        .catch((error: unknown) => this.parts.warn('a room could not be closed', error));
    this.#rooms.clear();
  }

  async #now({ workshop }: Room): Promise<Workshop> {
    return (await this.parts.workshops.byId(workshop.id)) ?? workshop;
  }

  async #hear(news: AttemptNews): Promise<void> {
    try {
      const workshopId = await this.#seatedIn(news.key.learnerId);
      if (!workshopId) return;
      const room = await this.room(workshopId);
      room.hear(news);
    } catch (error) {
      this.parts.warn('a room could not be told of an attempt', error);
    }
  }

  #seatedIn(learnerId: string): Promise<string | null> {
    const known = this.#workshopOf.get(learnerId);
    if (known) return known;
    const [oldest] = this.#workshopOf.keys();
    if (this.#workshopOf.size >= maxKnown && oldest !== undefined) this.#workshopOf.delete(oldest);
    const found = this.parts.workshops
      .seatOf(learnerId)
      .then((seat) => (seat ? seat.workshopId : null));
    this.#workshopOf.set(learnerId, found);
    found.catch(() => this.#workshopOf.delete(learnerId));
    return found;
  }

  /** Writes what rooms have learned, and forgets those that nobody needs. */
  async #keepUp(): Promise<void> {
    const now = Date.now();
    for (const [id, loading] of this.#rooms) {
      try {
        const room = await loading;
        await room.audience.readmit((account) => this.parts.workshops.staffMay(account, id));
        await room.spells.flush(now);
        if (!room.audience.isEmpty || now - room.usedAt < idleMs) continue;
        this.#rooms.delete(id);
        room.spells.endAll(now);
        await room.close();
      } catch (error) {
        this.parts.warn('a room could not be kept up', error);
      }
    }
  }
}

const isOn = ({ state }: Workshop): boolean => state !== 'ended';
