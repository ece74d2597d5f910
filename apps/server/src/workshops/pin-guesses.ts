import { Rates } from '../http/rates.ts';
import { numberKey } from './names.ts';

/** Wrong PINs for one number, by whomever: then its PIN lets nobody in, but for one try a minute. */
const wrongOfNumber = { perSecond: 1 / 60, burst: 20 };
/** Fewer are somebody's own typing errors. */
const leastTold = 5;
/** The staff are told for as long after the last. */
const toldMs = 60 * 60_000;

interface Wrong {
  workshopId: string;
  number: string;
  count: number;
  at: number;
}

/** Wrong PINs that were typed for the seats of rosters. */
export class PinGuesses {
  readonly #byNumber = new Rates(wrongOfNumber);
  /** By the seat's learner. */
  readonly #wrong = new Map<string, Wrong>();

  /** Counts a try as wrong until it was {@link right}. @returns false while none is taken for this number. */
  take(workshopId: string, number: string): boolean {
    return this.#byNumber.take(keyOf(workshopId, number));
  }

  right(workshopId: string, number: string, learnerId: string): void {
    this.#byNumber.give(keyOf(workshopId, number));
    this.#wrong.delete(learnerId);
  }

  wrong(workshopId: string, number: string, learnerId: string, now = Date.now()): void {
    for (const [id, { at }] of this.#wrong) if (isOver(at, now)) this.#wrong.delete(id);
    const count = (this.#wrong.get(learnerId)?.count ?? 0) + 1;
    this.#wrong.set(learnerId, { workshopId, number, count, at: now });
  }

  /** Of a workshop's seats those for which somebody guesses, or did within the last hour. */
  of(workshopId: string, now = Date.now()) {
    return [...this.#wrong].flatMap(([learnerId, { number, count, at, ...wrong }]) => {
      const locked = !this.#byNumber.isLeft(keyOf(workshopId, number));
      const tells = (count >= leastTold || locked) && !isOver(at, now);
      return wrong.workshopId === workshopId && tells ? [{ learnerId, count, locked, at }] : [];
    });
  }
}

const keyOf = (workshopId: string, number: string): string => `${workshopId}/${numberKey(number)}`;
const isOver = (at: number, now: number): boolean => Math.abs(now - at) > toldMs;
