import type { KernelEvent } from '@tatami/protocol';

/**
 * Puts one sandbox's records in order and tells what was lost. Two processors may number their records
 * in one order and store them in the other, so a gap is a loss only when the kernel's count says so.
 */
export class EventOrder {
  #next: number;
  readonly #base: number;
  #held: KernelEvent[] = [];
  #lost = 0;
  /** Of `#lost`, those that were seen as gaps. */
  #explained = 0;
  #heldAtBeat = -1;

  /** @param base number of the first event: an event program counts from 0 whenever it starts. */
  constructor(base: number) {
    this.#base = base;
    this.#next = base;
  }

  /** Number of the next event. */
  get next(): number {
    return this.#next;
  }

  add(event: KernelEvent): void {
    event.seq += this.#base;
    this.#held.push(event);
  }

  /** @returns how many more that is than was known. */
  lost(total: number): number {
    const more = total - this.#lost;
    this.#lost = total;
    return more;
  }

  /** Events that are due, in order. */
  take(): KernelEvent[] {
    const held = this.#held.sort((a, b) => a.seq - b.seq);
    const due: KernelEvent[] = [];
    let passed = 0;
    for (const event of held) {
      const gap = event.seq - this.#next;
      if (gap > this.#lost - this.#explained) break;
      passed++;
      // One whose gap was taken for a loss stays lost.
      if (gap < 0) continue;
      this.#explained += gap;
      this.#next = event.seq + 1;
      due.push(event);
    }
    this.#held = held.slice(passed);
    return due;
  }

  /** To be called once a second: what was waited for that long does not come. @returns as `lost` and `take`. */
  beat(): { lost: number; events: KernelEvent[] } {
    const first = this.#held[0]?.seq ?? -1;
    const stuck = first >= 0 && first === this.#heldAtBeat;
    this.#heldAtBeat = first;
    if (!stuck) return { lost: 0, events: [] };
    const missing = first - this.#next - (this.#lost - this.#explained);
    this.#explained -= missing;
    return { lost: missing, events: this.take() };
  }
}
