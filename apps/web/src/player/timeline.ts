import type { RecordingIndex } from '@tatami/protocol';

/** When what is on the screen, as it is played: pauses may be shorter than they were. */
export class Timeline {
  readonly durationMs: number;
  readonly #index: RecordingIndex;
  /** Of each burst, as played. */
  readonly #playedMs: Float64Array;

  /** @param longestPauseMs pauses beyond it are cut to it; null: none is. */
  constructor(index: RecordingIndex, longestPauseMs: number | null) {
    this.#index = index;
    this.#playedMs = new Float64Array(index.outputs.length);
    let played = 0;
    let before = 0;
    for (const [n, [atMs]] of index.outputs.entries()) {
      played += Math.min(atMs - before, longestPauseMs ?? Number.POSITIVE_INFINITY);
      before = atMs;
      this.#playedMs[n] = played;
    }
    this.durationMs = played;
  }

  /** Bytes before this offset are on the screen then. */
  offsetAt(playedMs: number): number {
    const n = countUntil(this.#playedMs.length, (n) => (this.#playedMs[n] ?? 0) <= playedMs);
    return n === 0 ? this.#index.start : (this.#index.outputs[n - 1]?.[1] ?? this.#index.start);
  }

  /** When the last byte before this offset came, as played. */
  playedMsOf(offset: number): number {
    return this.#playedMs[this.#burstOf(offset)] ?? 0;
  }

  /** The same in milliseconds since the recording began. */
  realMsOf(offset: number): number {
    return this.#index.outputs[this.#burstOf(offset)]?.[0] ?? 0;
  }

  #burstOf(offset: number): number {
    const { outputs } = this.#index;
    const before = countUntil(outputs.length, (n) => (outputs[n]?.[1] ?? 0) < offset);
    return Math.min(before, outputs.length - 1);
  }
}

/** The terminal's size when the bytes after this offset came. */
export function sizeAt(
  { cols, rows, resizes }: RecordingIndex,
  offset: number,
): { cols: number; rows: number } {
  const before = countUntil(resizes.length, (n) => (resizes[n]?.offset ?? 0) <= offset);
  const last = resizes[before - 1];
  return last ? { cols: last.cols, rows: last.rows } : { cols, rows };
}

/** How many of `length` things in order, from the first on, are so. */
export function countUntil(length: number, isSo: (n: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
