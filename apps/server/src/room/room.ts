import type {
  BoardEvent,
  LearnerRoom,
  Mirror,
  RoomState,
  Watcher,
  Workshop,
} from '@tatami/protocol';
import type { AttemptNews } from '../attempts/listeners.ts';
import type { Channel } from '../streams/channel.ts';
import type { StaffMember } from '../workshops/workshops.ts';
import { Audience } from './audience.ts';
import { Board } from './board.ts';
import type { HandUp } from './hands.ts';
import { mostMessages, type Told } from './messages.ts';
import type { RoomParts } from './rooms.ts';
import { SharedScreen } from './shared-screen.ts';
import { Spells } from './spells.ts';
import type { Before } from './troubles.ts';
import { Typing } from './typing.ts';
import { readProvers, readWays } from './ways.ts';

/** What happens meanwhile goes out together. */
const coalesceMs = 200;
/** After something could not be read. */
const retryMs = 5_000;
interface Viewer {
  account: StaffMember & { name: string };
  names: boolean;
}

/** A workshop's room as long as anybody is in it: the board, what everybody shares, and who is told. */
export class Room {
  readonly board = new Board();
  readonly audience = new Audience();
  readonly typing: Typing;
  readonly spells: Spells;
  #parts: RoomParts;
  #workshop: Workshop;
  #state: RoomState = { timer: null, locked: [], mirror: null };
  #messages: Told[] = [];
  #hands: HandUp[] = [];
  #screen: { screen: SharedScreen; mirror: Mirror; sandboxId: string } | null = null;
  readonly #watchers = new Map<string, Set<Watcher>>();
  /** Whose way has to be read anew, and who is to be told; `state` is told to everybody. */
  readonly #stale = new Set<string>();
  readonly #untold = new Set<string>();
  #isStateUntold = false;
  #areSeatsStale = false;
  #seating: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isTicking = false;
  #isClosed = false;
  /** When anything happened last. */
  usedAt = Date.now();

  private constructor(parts: RoomParts, workshop: Workshop) {
    this.#parts = parts;
    this.#workshop = workshop;
    this.spells = new Spells(parts.store, workshop.id);
    this.typing = new Typing({
      ...{ workshopId: workshop.id, audit: parts.audit, warn: parts.warn },
      onChange: (learnerId) => this.#watched(learnerId),
    });
  }

  static async load(parts: RoomParts, workshop: Workshop): Promise<Room> {
    const room = new Room(parts, workshop);
    room.#state = { ...(await parts.states.of(workshop.id)), mirror: null };
    room.#messages = await parts.messages.last(workshop.id);
    await room.#readSeats(await room.#readBefore());
    await room.handsChanged();
    return room;
  }

  get workshop(): Workshop {
    return this.#workshop;
  }

  get state(): RoomState {
    return this.#state;
  }

  /** Seats were made, taken, named or removed, or the workshop is another. */
  seatsChanged(): void {
    this.#areSeatsStale = true;
    this.#wake();
  }

  /** Resolves when everybody who has a seat now is on the board: one reading for all changes before it. */
  async reseat(): Promise<void> {
    if (this.#areSeatsStale) {
      this.#areSeatsStale = false;
      const reading = this.#seating.catch(() => undefined).then(() => this.#readSeats());
      this.#seating = reading.catch((error: unknown) => {
        this.#areSeatsStale = true;
        throw error;
      });
    }
    await this.#seating;
  }

  async #readBefore(): Promise<Map<string, Before>> {
    const stood = await this.spells.resume();
    const provers = await readProvers(this.#parts.store, this.#workshop);
    const ids = new Set([...stood.keys(), ...provers.keys()]);
    return new Map(
      [...ids].map((id) => [
        id,
        { stood: stood.get(id) ?? null, provenBy: provers.get(id) ?? null },
      ]),
    );
  }

  async #readSeats(before?: ReadonlyMap<string, Before>): Promise<void> {
    const { workshops } = this.#parts;
    this.#workshop = (await workshops.byId(this.#workshop.id)) ?? this.#workshop;
    const seats = await workshops.seats(this.#workshop.id);
    const sitting = seats.filter(({ removedAt }) => removedAt === null);
    const { fresh, gone } = this.board.seat(
      sitting.map(({ learnerId, name, number, joinedAt }) => ({
        ...{ learnerId, name, number, joined: joinedAt !== null },
      })),
      before,
    );
    for (const learnerId of fresh) {
      this.#stale.add(learnerId);
      const up = this.#hands.find((hand) => hand.learnerId === learnerId);
      if (up) this.#showHand(up);
    }
    const now = Date.now();
    for (const learnerId of gone) this.spells.note(learnerId, null, now);
    this.audience.keepOnly((learnerId) => this.board.has(learnerId));
    this.#wake();
  }

  async handsChanged(): Promise<void> {
    const before = this.#hands;
    this.#hands = await this.#parts.hands.up(this.#workshop.id);
    for (const { learnerId } of before)
      if (!this.#hands.some((hand) => hand.learnerId === learnerId))
        this.board.set(learnerId, { hand: null });
    for (const hand of this.#hands) this.#showHand(hand);
    // Everybody behind has moved up.
    for (const { learnerId } of [...before, ...this.#hands]) this.#untold.add(learnerId);
    this.#wake();
  }

  #showHand({ learnerId, ...hand }: HandUp): void {
    this.board.set(learnerId, { hand });
  }

  set(state: Partial<RoomState>): void {
    this.#state = { ...this.#state, ...state };
    this.#isStateUntold = true;
    this.#wake();
  }

  /** A message that is on the disk. */
  tell(told: Told): void {
    this.#messages = [...this.#messages, told].slice(-mostMessages);
    for (const learnerId of told.to ?? this.audience.learnerIds) this.#untold.add(learnerId);
    this.#wake();
  }

  /** News of an attempt of somebody who sits here. */
  hear({ key, verdicts, standing }: AttemptNews): void {
    if (key.labId !== this.#workshop.labId) return;
    const now = Date.now();
    this.usedAt = now;
    if (verdicts.length > 0)
      this.spells.note(key.learnerId, this.board.hear(key.learnerId, verdicts, now), now);
    if (standing) this.#stale.add(key.learnerId);
    this.#wake();
  }

  /** Shows the board, now and as it changes, without names if so wanted. */
  async show(channel: Channel, viewer: Viewer): Promise<void> {
    this.audience.admit(channel, viewer.account);
    await this.#readAnew();
    // Those who look already; what is told to whoever comes now is not told twice.
    this.#tellStaff();
    if (!channel.isOpen) return;
    const event: BoardEvent = {
      ...{ type: 'board', now: Date.now(), workshop: this.#head, me: viewer.account.name },
      ...{ room: this.#state, seats: this.board.whole(viewer.names) },
    };
    this.audience.view(channel, viewer.names, JSON.stringify(event));
  }

  /** Shows a learner the terminal that is shown to all, if one is. @returns false when none is. */
  showScreen(learnerId: string, terminal: string, channel: Channel): boolean {
    if (!this.#screen || this.#screen.mirror.terminal !== terminal) return false;
    this.audience.watch(learnerId, channel);
    this.#screen.screen.watch(channel);
    return true;
  }

  /** Tells a learner of the room, now and as it changes. */
  join(learnerId: string, channel: Channel): void {
    this.usedAt = Date.now();
    this.audience.join(learnerId, channel, JSON.stringify(this.of(learnerId)), () => {
      this.board.set(learnerId, { here: false });
      this.typing.attended(learnerId, false);
      this.#wake();
    });
    this.board.set(learnerId, { here: true });
    this.typing.attended(learnerId, true);
    this.#wake();
  }

  /** The room as this learner sees it. */
  of(learnerId: string): LearnerRoom {
    // Of whoever was taken off a seat, nobody waits for the hand.
    const hands = this.#hands.filter((hand) => this.board.has(hand.learnerId));
    const place = hands.findIndex((hand) => hand.learnerId === learnerId);
    const { learnerId: _, ...hand } = hands[place] ?? { learnerId };
    const told = this.#messages.filter(({ to }) => to === null || to.has(learnerId));
    return {
      ...{ ...this.#state, now: Date.now(), workshop: this.#head },
      hand: 'id' in hand ? { ...hand, ahead: place } : null,
      watchers: this.#watchersOf(learnerId),
      typing: this.typing.of(learnerId),
      messages: told.map(({ message }) => message),
    };
  }

  /** Somebody sees a learner's terminal from now on. @returns how it ends. */
  watch(learnerId: string, watcher: Watcher): () => void {
    const watchers = this.#watchers.get(learnerId) ?? new Set();
    this.#watchers.set(learnerId, watchers.add(watcher));
    this.#watched(learnerId);
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#watchers.delete(learnerId);
      this.#watched(learnerId);
    };
  }

  /** Shows a terminal to everybody instead of what was shown; `onOver` once nobody sees it any more. */
  mirror(sandboxId: string, mirror: Mirror, onOver: () => void): void {
    this.endMirror();
    const { runner } = this.#parts;
    const connect = (query: string) => runner.terminal(sandboxId, mirror.terminal, query);
    const screen: SharedScreen = new SharedScreen(connect, () => {
      if (this.#screen?.screen === screen) {
        this.#screen = null;
        this.set({ mirror: null });
      }
      onOver();
    });
    this.#screen = { screen, mirror, sandboxId };
    this.set({ mirror });
  }

  /** Whether this is what is shown to everybody. */
  mirrors(sandboxId: string, terminal: string): boolean {
    return this.#screen?.sandboxId === sandboxId && this.#screen.mirror.terminal === terminal;
  }

  /** Idempotent. */
  endMirror(): void {
    this.#screen?.screen.close();
  }

  /** Ends all that goes on, but what learners are stuck on: they still are when the next server comes. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.endMirror();
    await this.typing.close();
    await this.spells.flush(Date.now());
  }

  get #head() {
    const { id, title, labId } = this.#workshop;
    return { id, title, labId };
  }

  #watchersOf(learnerId: string): Watcher[] {
    return [...(this.#watchers.get(learnerId) ?? [])];
  }

  #watched(learnerId: string): void {
    this.board.set(learnerId, {
      watchers: this.#watchersOf(learnerId),
      typing: this.typing.of(learnerId),
    });
    this.#untold.add(learnerId);
    this.#wake();
  }

  #wake(delayMs = coalesceMs): void {
    this.usedAt = Date.now();
    if (this.#isClosed || this.#isTicking) return;
    this.#timer ??= setTimeout(() => void this.#tick(), delayMs);
  }

  async #tick(): Promise<void> {
    this.#timer = undefined;
    this.#isTicking = true;
    let delayMs = coalesceMs;
    try {
      await this.reseat();
      await this.#readAnew();
    } catch (error) {
      delayMs = retryMs;
      this.#parts.warn('the standing of learners could not be read', error);
    }
    this.#tellStaff();
    this.#tellLearners();
    this.#isTicking = false;
    // More may have come while we read.
    if (this.#isAnythingNew) this.#wake(delayMs);
  }

  get #isAnythingNew(): boolean {
    const some = this.#areSeatsStale || this.#isStateUntold || this.board.isTouched;
    return some || this.#stale.size > 0 || this.#untold.size > 0;
  }

  async #readAnew(): Promise<void> {
    const ids = [...this.#stale].filter((id) => this.board.has(id));
    this.#stale.clear();
    if (ids.length === 0) return;
    const { store, attempts, labs } = this.#parts;
    const { labId } = this.#workshop;
    const ways = await readWays(store, labId, ids).catch((error: unknown) => {
      for (const id of ids) this.#stale.add(id);
      throw error;
    });
    const now = Date.now();
    for (const [learnerId, { sandboxId, ...way }] of ways) {
      const live = sandboxId ? attempts.live({ learnerId, labId }) : null;
      const step = way.stepId ? labs.find(labId)?.step(way.stepId) : undefined;
      const standing = { way, open: step?.checkIds ?? [], verdicts: live?.verdicts ?? [] };
      const trouble = this.board.stand(learnerId, standing, now);
      // Whose machine is gone loses no more time.
      this.spells.note(learnerId, sandboxId ? trouble : null, now);
      const machine = !sandboxId ? 'none' : live && !live.lost ? 'running' : 'lost';
      this.board.set(learnerId, { machine, terminals: live?.terminals ?? [] });
    }
  }

  #tellStaff(): void {
    const changes = this.board.changes();
    const isStateUntold = this.#isStateUntold;
    this.#isStateUntold = false;
    if (isStateUntold)
      for (const learnerId of this.audience.learnerIds) this.#untold.add(learnerId);
    if (!changes && !isStateUntold) return;
    const room = JSON.stringify(isStateUntold ? this.#state : null);
    const text = (kind: 'named' | 'unnamed') =>
      `{"type":"changes","now":${Date.now()},"room":${room},"seats":[${changes?.[kind].join(',') ?? ''}],` +
      `"gone":${JSON.stringify(changes?.gone[kind] ?? [])}}`;
    this.audience.tellStaff({ named: text('named'), unnamed: text('unnamed') });
  }

  #tellLearners(): void {
    for (const learnerId of this.#untold)
      this.audience.tellLearner(learnerId, () => JSON.stringify(this.of(learnerId)));
    this.#untold.clear();
  }
}
