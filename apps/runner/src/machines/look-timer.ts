/** A look after an event waits this long: a command's namespaces and mounts follow its exec by a moment. */
const settleMs = 30;
/** Between the starts of two looks, however busy the machine is: a flood must not cost its neighbours. */
const shortestGapMs = 150;
/** Looks that nobody waits for are taken at the same moments for all machines: one wakes the processor for the next. */
const togetherMs = 250;

/** Calls `look` soon after something happened, at intervals when nothing does, and one at a time. */
export class LookTimer {
  readonly #look: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;
  #looking = false;
  #stopped = true;
  #everyMs = 0;

  constructor(look: () => Promise<void>) {
    this.#look = look;
  }

  /** Looks every `everyMs` from now on, and sooner when told of an event. */
  start(everyMs: number): void {
    this.#stopped = false;
    this.#everyMs = everyMs;
    this.#schedule(performance.now() + Math.min(everyMs, settleMs));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  /** Something happened in the machine; the look may wait until `gapMs` after the last one began. */
  nudge(gapMs = shortestGapMs): void {
    if (this.#stopped) return;
    this.#schedule(Math.max(performance.now() + settleMs, this.#lastAt + gapMs));
  }

  set everyMs(value: number) {
    this.#everyMs = value;
  }

  #schedule(wantedAt: number): void {
    const at = Math.max(wantedAt, this.#lastAt + shortestGapMs);
    if (at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    if (!this.#looking) this.#timer = setTimeout(() => void this.#run(), at - performance.now());
  }

  async #run(): Promise<void> {
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#lastAt = performance.now();
    this.#looking = true;
    try {
      await this.#look();
    } finally {
      this.#looking = false;
      const dueAt = this.#dueAt;
      this.#dueAt = Number.POSITIVE_INFINITY;
      const nextAt = this.#lastAt + this.#everyMs;
      const together =
        this.#everyMs < 4 * togetherMs ? nextAt : Math.ceil(nextAt / togetherMs) * togetherMs;
      if (!this.#stopped) this.#schedule(Math.min(dueAt, together));
    }
  }
}
