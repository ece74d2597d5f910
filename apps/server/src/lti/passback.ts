import type { GradeBook, Told } from './grade-book.ts';
import type { Platform, Platforms } from './platforms.ts';
import type { Cell, ScoreStore } from './score-store.ts';

/** Asks the store what has changed, and tells it. */
const roundMs = 2_000;
/** Points that change without anything being proven (an instructor's) are found at the latest after this. */
const wholeRoundMs = 5 * 60_000;
/** After a failure, doubled with each further one. */
const firstWaitMs = 5_000;
const longestWaitMs = 60 * 60_000;
/** For all cells of a platform, unless it asks for more: it may be one cell alone that fails. */
const longestPauseMs = 60_000;
/** In a row, of a platform that says no; it may have been set up wrongly for a moment. */
const mostRefusals = 6;
/** Moodle compares whole seconds. */
const apartMs = 1_000;
const longestLeapMs = 60 * 60_000;

interface PassbackParts {
  platforms: Platforms;
  scores: ScoreStore;
  gradeBook: GradeBook;
  /** Points of a learner in a lab; undefined when nobody can say now. */
  pointsOf: (
    learnerId: string,
    labId: string,
  ) => Promise<{ earned: number; possible: number } | undefined>;
  warn: (message: string, error: unknown) => void;
  now?: () => number;
  monotonicMs?: () => number;
}

/**
 * Tells platforms the points of learners whom they sent. What is to be told is worked out anew from what is stored, so
 * nothing is lost when this process is killed between a proof and its telling; only the newest points of a cell are told.
 */
export class Passback {
  readonly #parts: PassbackParts;
  readonly #now: () => number;
  readonly #monotonicMs: () => number;
  readonly #seen = new Map<string, string>();
  /** When a cell is tried again, by a clock that does not jump; at once after a start. */
  readonly #dueMs = new Map<string, number>();
  /** How often in a row a platform was down, and until when nothing is told it; none of one not asked since the start. */
  readonly #pauses = new Map<string, { failures: number; untilMs: number }>();
  /** In a row, of a cell. Forgotten at the end of the process, which only grants more tries. */
  readonly #refusals = new Map<string, number>();
  /** By platform: one that hangs keeps neither the others waiting nor the next round. */
  readonly #tellings = new Map<string, Promise<void>>();
  #wholeAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #isClosed = false;

  constructor(parts: PassbackParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#monotonicMs = parts.monotonicMs ?? (() => performance.now());
  }

  start(everyMs = roundMs): void {
    this.#timer = setInterval(() => {
      this.#round ??= this.round()
        .catch((error: unknown) => this.#warn(error))
        .finally(() => {
          this.#round = undefined;
        });
    }, everyMs);
    this.#timer.unref();
  }

  /** Idempotent. What is being told may arrive; it is told again after the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#parts.gradeBook.close();
    await this.#round;
    await this.idle();
  }

  /** Until nothing is being told. */
  async idle(): Promise<void> {
    await Promise.all(this.#tellings.values());
  }

  /** Looks once for what has changed and begins to tell what is due. */
  async round(): Promise<void> {
    await this.#reconcile();
    const due = new Map<string, Cell[]>();
    for (const cell of await this.#parts.scores.waiting()) {
      if ((this.#dueMs.get(nameOf(cell)) ?? 0) > this.#monotonicMs()) continue;
      due.set(cell.platformId, [...(due.get(cell.platformId) ?? []), cell]);
    }
    for (const [platformId, cells] of due) this.#begin(platformId, cells);
  }

  #begin(platformId: string, cells: Cell[]): void {
    const { untilMs = 0 } = this.#pauses.get(platformId) ?? {};
    if (this.#tellings.has(platformId) || untilMs > this.#monotonicMs()) return;
    const telling = this.#tellAll(platformId, cells)
      .catch((error: unknown) => this.#warn(error))
      .finally(() => this.#tellings.delete(platformId));
    this.#tellings.set(platformId, telling);
  }

  #warn(error: unknown): void {
    this.#parts.warn('grades could not be told', error);
  }

  async #reconcile(): Promise<void> {
    const { scores, pointsOf } = this.#parts;
    const isWhole = this.#monotonicMs() >= this.#wholeAtMs;
    if (isWhole) this.#wholeAtMs = this.#monotonicMs() + wholeRoundMs;
    const all = await scores.fingerprints();
    for (const { cell, fingerprint } of all) {
      if (!isWhole && this.#seen.get(nameOf(cell)) === fingerprint) continue;
      const points = await pointsOf(cell.learnerId, cell.labId);
      if (!points) continue;
      const wanted = { given: points.earned, maximum: points.possible };
      const isSame = cell.given === wanted.given && cell.maximum === wanted.maximum;
      // A cell stays empty until there is something to say.
      const isNothing = wanted.maximum === 0 || (cell.given === null && wanted.given === 0);
      if (!isSame && !isNothing) {
        await scores.want(cell, wanted);
        this.#dueMs.delete(nameOf(cell));
      }
      this.#seen.set(nameOf(cell), fingerprint);
    }
    const names = new Set(all.map(({ cell }) => nameOf(cell)));
    for (const map of [this.#seen, this.#dueMs, this.#refusals])
      for (const name of map.keys()) if (!names.has(name)) map.delete(name);
  }

  /** One after another. Where the platform does not answer, the rest waits too. */
  async #tellAll(platformId: string, cells: Cell[]): Promise<void> {
    const platform = await this.#parts.platforms.byId(platformId);
    if (!platform) return;
    for (const { learnerId, lineItem } of cells) {
      if (this.#isClosed) return;
      // Those before it may have taken long: by now it is erased, or its points are others.
      const cell = await this.#parts.scores.stillWaiting({ platformId, learnerId, lineItem });
      if (!cell) continue;
      const told = await this.#tell(platform, cell);
      if (told.status === 'later') return this.#pause(cell, told);
      this.#pauses.set(platformId, { failures: 0, untilMs: 0 });
    }
  }

  /** For all its cells, whoever earns points meanwhile; after a start by how often this one was tried before. */
  #pause({ platformId, tries }: Cell, { retryAfterMs }: Extract<Told, { status: 'later' }>): void {
    const failures = this.#pauses.get(platformId)?.failures ?? tries;
    const askedMs = Math.min(retryAfterMs ?? 0, longestWaitMs);
    const pauseMs = Math.max(Math.min(waitAfter(failures), longestPauseMs), askedMs);
    const untilMs = this.#monotonicMs() + pauseMs;
    this.#pauses.set(platformId, { failures: failures + 1, untilMs });
  }

  async #tell(platform: Platform, cell: Cell): Promise<Told> {
    const { scores, gradeBook } = this.#parts;
    const { given, maximum } = cell;
    if (given === null || maximum === null) return { status: 'accepted' };
    const timestamp = this.#nextTimestamp(cell);
    await scores.use(cell, timestamp);
    const { lineItem, subject } = cell;
    const told = await gradeBook.tell(platform, { lineItem, subject, given, maximum, timestamp });
    // Cut off by our own end.
    if (this.#isClosed && told.status === 'later') return told;
    if (told.status === 'accepted') {
      await scores.sent(cell);
      this.#dueMs.delete(nameOf(cell));
      this.#refusals.delete(nameOf(cell));
      return told;
    }
    await this.#failed(cell, timestamp, told);
    return told;
  }

  async #failed(cell: Cell, timestamp: string, told: Exclude<Told, { status: 'accepted' }>) {
    const tries = cell.tries + 1;
    const refusals = told.status === 'refused' ? this.#refusalsOf(cell) + 1 : 0;
    this.#refusals.set(nameOf(cell), refusals);
    const isOver = refusals >= mostRefusals;
    const trouble = told.status === 'conflict' ? '409' : told.trouble;
    await this.#parts.scores.failed(cell, {
      state: isOver ? 'refused' : 'waiting',
      tries,
      trouble,
    });
    if (isOver) {
      this.#dueMs.delete(nameOf(cell));
      return;
    }
    this.#dueMs.set(nameOf(cell), this.#monotonicMs() + waitAfter(cell.tries));
    if (told.status !== 'conflict') return;
    // The platform's clock, or a grade from elsewhere, is ahead: the next timestamp leaps, farther each time.
    const leapMs = Math.min(apartMs * 2 ** cell.tries, longestLeapMs);
    const ahead = Math.max(Date.parse(timestamp), told.date ?? 0) + leapMs;
    await this.#parts.scores.use(cell, new Date(ahead).toISOString());
  }

  /** New points, or somebody who comes again, begin anew: nothing was tried for them. */
  #refusalsOf(cell: Cell): number {
    return cell.tries === 0 ? 0 : (this.#refusals.get(nameOf(cell)) ?? 0);
  }

  /** Later than any that was used for this cell, also when the clock went back. */
  #nextTimestamp({ lastTimestamp }: Cell): string {
    const last = lastTimestamp === null ? Number.NEGATIVE_INFINITY : Date.parse(lastTimestamp);
    return new Date(Math.max(this.#now(), last + apartMs)).toISOString();
  }
}

const waitAfter = (failures: number): number =>
  Math.min(firstWaitMs * 2 ** failures, longestWaitMs);

const nameOf = ({ platformId, lineItem, learnerId }: Cell): string =>
  `${platformId} ${learnerId} ${lineItem}`;
