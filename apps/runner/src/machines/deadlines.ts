/** Durations in milliseconds. */
export interface DeadlineLimits {
  idleMs: number;
  absoluteMs: number;
  extendMs: number;
  longestMs: number;
}

type Limit = 'idle' | 'absolute';
export type DeadlineEvent =
  | { type: 'warning'; limit: Limit; minutesLeft: number }
  | { type: 'expired'; limit: Limit };

/** Minutes before the end at which the learner is told. */
const warnings = [10, 2];

/** When a machine ends: for want of input, or at last in any case. Times are ms since the epoch. */
export class Deadlines {
  readonly #limits: DeadlineLimits;
  readonly #latest: number;
  #idle: number;
  #absolute: number;
  readonly #warned: Record<Limit, number> = {
    idle: Number.POSITIVE_INFINITY,
    absolute: Number.POSITIVE_INFINITY,
  };

  constructor(limits: DeadlineLimits, now: number) {
    this.#limits = limits;
    this.#idle = now + limits.idleMs;
    this.#absolute = now + limits.absoluteMs;
    this.#latest = now + limits.longestMs;
  }

  get idle(): number {
    return this.#idle;
  }

  get absolute(): number {
    return this.#absolute;
  }

  get extendable(): boolean {
    return this.#absolute < this.#latest;
  }

  /** The learner did something. */
  touch(now: number): void {
    this.#idle = now + this.#limits.idleMs;
    this.#warned.idle = Number.POSITIVE_INFINITY;
  }

  /** @returns false when the last permitted hour is reached. */
  extend(now: number): boolean {
    this.touch(now);
    if (!this.extendable) return false;
    this.#absolute = Math.min(this.#absolute + this.#limits.extendMs, this.#latest);
    this.#warned.absolute = Number.POSITIVE_INFINITY;
    return true;
  }

  /** What there is to say now; each warning is said once. */
  due(now: number): DeadlineEvent | null {
    for (const limit of ['absolute', 'idle'] as const) {
      const left = (limit === 'idle' ? this.#idle : this.#absolute) - now;
      if (left <= 0) return { type: 'expired', limit };
      const minutes = warnings.findLast((at) => left <= at * 60_000);
      if (minutes !== undefined && minutes < this.#warned[limit]) {
        this.#warned[limit] = minutes;
        return { type: 'warning', limit, minutesLeft: Math.ceil(left / 60_000) };
      }
    }
    return null;
  }
}
