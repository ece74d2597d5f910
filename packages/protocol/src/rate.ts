/** A budget that refills with time; amounts are bytes or messages, times ms. */
export class Rate {
  readonly #perMs: number;
  readonly #burst: number;
  #left: number;
  #at: number;

  constructor(options: { perSecond: number; burst: number }, now: number) {
    this.#perMs = options.perSecond / 1000;
    this.#burst = options.burst;
    this.#left = options.burst;
    this.#at = now;
  }

  /** Takes `amount`, into debt if need be. @returns ms until the budget is back above zero. */
  take(amount: number, now: number): number {
    // A clock that was put back takes nothing away.
    const passedMs = Math.max(0, now - this.#at);
    this.#left = Math.min(this.#burst, this.#left + passedMs * this.#perMs) - amount;
    this.#at = now;
    return this.#left >= 0 ? 0 : Math.ceil(-this.#left / this.#perMs);
  }

  /** Allows for `amount` more, up to the burst. */
  give(amount: number): void {
    this.#left = Math.min(this.#burst, this.#left + amount);
  }

  /** Whether one more can be taken without debt. */
  isLeft(now: number): boolean {
    this.take(0, now);
    return this.#left >= 1;
  }

  /** Takes one unless that would be debt, so that whoever asks too often waits no longer for it. */
  takeIfLeft(now: number): boolean {
    return this.isLeft(now) && this.take(1, now) === 0;
  }
}
