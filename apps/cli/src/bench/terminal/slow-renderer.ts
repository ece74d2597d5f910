import { SteadyRate } from './steady-rate.ts';
import type { Renderer } from './stream-client.ts';

const everyMs = 4;

/** A browser that takes bytes at once and parses them at a steady rate. */
export class SlowRenderer {
  readonly #queue: { bytes: Buffer; parsed: (piece: Buffer) => void }[] = [];
  readonly #rate: SteadyRate;
  readonly #timer: NodeJS.Timeout;

  constructor(bytesPerSecond: number) {
    this.#rate = new SteadyRate(bytesPerSecond, bytesPerSecond / 20, performance.now());
    this.#timer = setInterval(() => this.#parse(), everyMs);
  }

  readonly render: Renderer = (bytes, parsed) => {
    this.#queue.push({ bytes, parsed });
  };

  readonly close = (): void => clearInterval(this.#timer);

  #parse(): void {
    const waiting = this.#queue.reduce((sum, { bytes }) => sum + bytes.length, 0);
    let left = this.#rate.take(waiting, performance.now());
    for (let first = this.#queue[0]; first && left > 0; first = this.#queue[0]) {
      const now = first.bytes.subarray(0, left);
      left -= now.length;
      first.bytes = first.bytes.subarray(now.length);
      if (first.bytes.length === 0) this.#queue.shift();
      first.parsed(now);
    }
  }
}
