import type { MarkStore } from './mark-store.ts';
import type { Marks } from './marks.ts';

/** Evidence that was on its way when a workshop closed, or while no server ran, has so long to be stored. */
export const flightMs = 2 * 60_000;
const everyMs = 15_000;
/** For so long after a workshop evidence may still come in late; after it, somebody grades again. */
const lateMs = 2 * 24 * 3600_000;
/** Looking at late evidence reads all work of a room. */
const lateEvery = 20;

/**
 * Fixes the marks of workshops that are over. A server that was away makes up for it; one that has just started first
 * waits for what the machines have to tell.
 */
export class Settling {
  readonly #store: MarkStore;
  readonly #marks: Marks;
  readonly #warn: (message: string, error: unknown) => void;
  readonly #flightMs: number;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #turns = 0;

  constructor(parts: {
    store: MarkStore;
    marks: Marks;
    warn: (message: string, error: unknown) => void;
    flightMs?: number;
  }) {
    this.#store = parts.store;
    this.#marks = parts.marks;
    this.#warn = parts.warn;
    this.#flightMs = parts.flightMs ?? flightMs;
  }

  /** {@link close} ends it. */
  start(): void {
    const startedMs = performance.now();
    this.#timer = setInterval(
      () => {
        if (performance.now() - startedMs < this.#flightMs) return;
        this.#turn = this.#turn.then(() => this.run());
      },
      Math.min(everyMs, this.#flightMs),
    );
  }

  /** Settles what is due at this time. */
  async run(nowMs = Date.now()): Promise<void> {
    const ago = (ms: number) => new Date(nowMs - ms).toISOString();
    try {
      const due = await this.#store.unsettled(ago(this.#flightMs));
      if (this.#turns++ % lateEvery === 0)
        due.push(...(await this.#store.closedBetween(ago(lateMs), ago(this.#flightMs))));
      for (const id of new Set(due)) await this.#marks.settle(id);
    } catch (error) {
      this.#warn('marks could not be fixed yet', error);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#turn;
  }
}
