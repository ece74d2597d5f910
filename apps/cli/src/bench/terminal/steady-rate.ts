/** A budget of bytes that grows with time. What is not used at once does not pile up beyond `burst`. */
export class SteadyRate {
  readonly #perMs: number;
  readonly #burst: number;
  #left = 0;
  #at: number;

  constructor(bytesPerSecond: number, burst: number, now: number) {
    this.#perMs = bytesPerSecond / 1000;
    this.#burst = burst;
    this.#at = now;
  }

  /** Takes what there is, `wanted` at most. @returns how many whole bytes. */
  take(wanted: number, now: number): number {
    this.#left = Math.min(this.#burst, this.#left + (now - this.#at) * this.#perMs);
    this.#at = now;
    const taken = Math.min(wanted, Math.floor(this.#left));
    this.#left -= taken;
    return taken;
  }
}
