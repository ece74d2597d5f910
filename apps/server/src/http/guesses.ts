import { AppError } from '@tatami/protocol';
import { Rate } from '../streams/rate.ts';

/** Names that are remembered; whoever is forgotten begins anew. */
const most = 20_000;

/** Wrong guesses, by whoever makes them or by what is guessed at. Right ones cost nothing. */
export class Guesses {
  readonly #bounds: { perSecond: number; burst: number };
  readonly #rates = new Map<string, Rate>();

  constructor(bounds: { perSecond: number; burst: number }) {
    this.#bounds = bounds;
  }

  /** @throws `request.rate` while this name has guessed wrong too often. */
  demand(name: string, now = Date.now()): void {
    if (this.#rates.get(name)?.isLeft(now) === false) throw new AppError('request.rate');
  }

  /** Counts a wrong one. */
  wrong(name: string, now = Date.now()): void {
    const known = this.#rates.get(name);
    const [oldest] = this.#rates.keys();
    if (!known && this.#rates.size >= most && oldest !== undefined) this.#rates.delete(oldest);
    const rate = known ?? new Rate(this.#bounds, now);
    this.#rates.set(name, rate);
    rate.takeIfLeft(now);
  }
}
