import { Rate } from '@tatami/protocol';

/** A page with all its terminals opened a few times in a row. */
const connects = { perSecond: 10, burst: 60 };
/** Refusals that are told in the way a page can read; the rest get the cheapest answer there is. */
const refusals = { perSecond: 5, burst: 20 };
/** Learners that are remembered; whoever is forgotten begins with a fresh burst. */
const maxLearners = 10_000;

/** How often learners connect. */
export class Connects {
  readonly #rates = new Map<string, { connects: Rate; refusals: Rate }>();

  /** Whether a learner may connect once more now. */
  take(learnerId: string, now = Date.now()): boolean {
    return this.#of(learnerId, now).connects.takeIfLeft(now);
  }

  /** Whether a learner connects so often that not even a refusal is worth its cost. */
  isFlood(learnerId: string, now = Date.now()): boolean {
    const rates = this.#of(learnerId, now);
    return !rates.connects.isLeft(now) && !rates.refusals.takeIfLeft(now);
  }

  #of(learnerId: string, now: number) {
    const known = this.#rates.get(learnerId);
    if (known) return known;
    const [oldest] = this.#rates.keys();
    if (this.#rates.size >= maxLearners && oldest !== undefined) this.#rates.delete(oldest);
    const rates = { connects: new Rate(connects, now), refusals: new Rate(refusals, now) };
    this.#rates.set(learnerId, rates);
    return rates;
  }
}
