import type { RecordingIndex } from '@tatami/protocol';
import { type Keyframe, Keyframes } from './keyframes.ts';
import { type Piece, Pieces } from './pieces.ts';
import { countUntil, sizeAt } from './timeline.ts';

/** A screen that draws what it is given, in order. */
export interface Screen {
  resize(cols: number, rows: number): void;
  /** Empty, and as after a reset of the terminal. */
  clear(): void;
  /** Resolves when all of it is drawn. */
  write(data: Uint8Array | string): Promise<void>;
  /** What draws the screen as it is on an empty one. */
  snapshot(): string;
}

const keyframeBytes = 256 * 1024;
/** Drawn at a time: other wishes are heard in between. */
const sliceBytes = 64 * 1024;
/** What is farther is drawn from less than its whole past: output of this length fills any screen and its scrollback. */
const farBytes = 1024 * 1024;
/** Ends an escape sequence that was begun (ECMA-35 CAN). */
const cancel = '\x18';

/** Brings a screen to any offset of a recording, by a bounded amount of work. */
export class Renderer {
  readonly #index: RecordingIndex;
  readonly #screen: Screen;
  readonly #pieces: Pieces;
  readonly #keyframes = new Keyframes(keyframeBytes);
  #shown: number;
  #goal: number;
  #working: Promise<void> | undefined;

  constructor(index: RecordingIndex, screen: Screen, read: (from: number) => Promise<Piece>) {
    this.#index = index;
    this.#screen = screen;
    this.#pieces = new Pieces(index.end, read);
    this.#shown = index.start;
    this.#goal = index.start;
    screen.clear();
    screen.resize(index.cols, index.rows);
    this.#keyframes.add({ offset: index.start, cols: index.cols, rows: index.rows, data: '' });
  }

  /** Bytes before this offset are drawn. */
  get shown(): number {
    return this.#shown;
  }

  /** On its way to where it was told to go. */
  get busy(): boolean {
    return this.#working !== undefined;
  }

  /** Resolves when the bytes before `offset`, or before where it was told to go since, are drawn. */
  show(offset: number): Promise<void> {
    this.#goal = Math.min(Math.max(offset, this.#index.start), this.#index.end);
    this.#working ??= Promise.resolve().then(() => this.#work());
    return this.#working;
  }

  async #work(): Promise<void> {
    try {
      while (this.#shown !== this.#goal) {
        if (this.#shown > this.#goal) await this.#goBack();
        else await this.#goOn();
      }
    } finally {
      // At once: a wish that comes later must not join what has ended.
      this.#working = undefined;
    }
  }

  async #goBack(): Promise<void> {
    const goal = this.#goal;
    const frame = this.#keyframes.before(goal);
    if (frame && goal - frame.offset <= farBytes) return this.#draw(frame);
    this.#screen.clear();
    await this.#jump(goal - farBytes);
  }

  async #goOn(): Promise<void> {
    const goal = this.#goal;
    if (goal - this.#shown > farBytes) {
      const frame = this.#keyframes.before(goal);
      if (frame && goal - frame.offset <= farBytes) return this.#draw(frame);
      return this.#jump(goal - farBytes);
    }
    const gap = this.#index.gaps.find(
      (one) => startOf(one) <= this.#shown && this.#shown < one.offset,
    );
    if (gap) return this.#jump(Math.min(gap.offset, goal));
    const piece = await this.#pieces.from(this.#shown);
    // Dropped since the index was read.
    if (piece.bytes.length === 0) return this.#jump(goal);
    if (piece.offset > this.#shown) return this.#jump(Math.min(piece.offset, goal));
    await this.#drawSlice(piece.bytes);
  }

  async #drawSlice(bytes: Uint8Array): Promise<void> {
    const { gaps, resizes } = this.#index;
    const resize = resizes[countUntil(resizes.length, (n) => offsetOf(resizes[n]) <= this.#shown)];
    const gap = gaps[countUntil(gaps.length, (n) => offsetOf(gaps[n]) <= this.#shown)];
    const far = Math.min(
      this.#goal,
      this.#shown + Math.min(bytes.length, sliceBytes),
      resize?.offset ?? Number.POSITIVE_INFINITY,
      gap ? startOf(gap) : Number.POSITIVE_INFINITY,
    );
    // Not within a burst, where an escape sequence or a character may be cut in two.
    const calm = this.#burstEndBefore(far);
    const keeps = calm > this.#shown && this.#keyframes.wants(calm);
    const stop = keeps ? calm : far;
    await this.#screen.write(bytes.subarray(0, stop - this.#shown));
    this.#shown = stop;
    const size = sizeAt(this.#index, stop);
    this.#screen.resize(size.cols, size.rows);
    if (keeps) this.#keyframes.add({ offset: stop, ...size, data: this.#screen.snapshot() });
  }

  async #draw(frame: Keyframe): Promise<void> {
    this.#screen.clear();
    this.#screen.resize(frame.cols, frame.rows);
    await this.#screen.write(frame.data);
    this.#shown = frame.offset;
  }

  /** Leaves out what is before. */
  async #jump(offset: number): Promise<void> {
    await this.#screen.write(cancel);
    const size = sizeAt(this.#index, offset);
    this.#screen.resize(size.cols, size.rows);
    this.#shown = offset;
  }

  /** The end of the last burst that is over at this offset. */
  #burstEndBefore(offset: number): number {
    const { outputs, start } = this.#index;
    const over = countUntil(outputs.length, (n) => (outputs[n]?.[1] ?? 0) <= offset);
    return outputs[over - 1]?.[1] ?? start;
  }
}

const offsetOf = (one: { offset: number } | undefined): number => one?.offset ?? 0;
const startOf = (gap: { offset: number; bytes: number }): number => gap.offset - gap.bytes;
