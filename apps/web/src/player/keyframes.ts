/** A screen as it stood at an offset. */
export interface Keyframe {
  offset: number;
  cols: number;
  rows: number;
  /** Draws it on an empty screen. */
  data: string;
}

const mostFrames = 64;

/** Screens to go back to, so that little has to be drawn again. */
export class Keyframes {
  #frames: Keyframe[] = [];
  /** Between two; doubles when there are too many. */
  #apartBytes: number;

  constructor(apartBytes: number) {
    this.#apartBytes = apartBytes;
  }

  /** The last one at or before this offset. */
  before(offset: number): Keyframe | undefined {
    return this.#frames.findLast((frame) => frame.offset <= offset);
  }

  /** Whether one at this offset would be worth its room. */
  wants(offset: number): boolean {
    const before = this.before(offset);
    const after = this.#frames.find((frame) => frame.offset > offset);
    return (
      offset - (before?.offset ?? Number.NEGATIVE_INFINITY) >= this.#apartBytes &&
      (after?.offset ?? Number.POSITIVE_INFINITY) - offset >= this.#apartBytes
    );
  }

  add(frame: Keyframe): void {
    this.#frames.push(frame);
    this.#frames.sort((one, two) => one.offset - two.offset);
    if (this.#frames.length <= mostFrames) return;
    this.#apartBytes *= 2;
    this.#frames = this.#frames.filter((_, n) => n % 2 === 0);
  }
}
