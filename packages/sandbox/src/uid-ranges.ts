import { AppError } from '@tatami/protocol';

/** User ids per sandbox: all that 16-bit software knows. */
export const rangeSize = 65_536;
/** First host id of the first range; above those that distributions hand out (subuid(5), systemd). */
export const firstRangeBase = 0x7000_0000;
const lastRange = 0x0fff;

/** Hands out ranges of host user ids, one per living sandbox. */
export class UidRanges {
  readonly #taken = new Set<number>();
  readonly #seats: number;

  constructor(seats: number) {
    this.#seats = Math.min(seats, lastRange);
  }

  /** @returns the first host id of a free range. @throws AppError `runner.no-range`. */
  take(): number {
    for (let index = 0; index < this.#seats; index++) {
      const base = firstRangeBase + index * rangeSize;
      if (this.#taken.has(base)) continue;
      this.#taken.add(base);
      return base;
    }
    throw new AppError('runner.no-range');
  }

  release(base: number): void {
    this.#taken.delete(base);
  }

  get free(): number {
    return this.#seats - this.#taken.size;
  }
}
