import type { RecordingIndex } from '@tatami/protocol';
import type { Piece } from './pieces.ts';
import { Renderer, type Screen } from './renderer.ts';
import { Timeline } from './timeline.ts';

/** Pauses are cut to this where that is wished. */
const longestPauseMs = 2_000;
export const speeds = [0.5, 1, 2, 4, 8] as const;

/** What the controls show. Times are as played. */
export interface PlaybackState {
  playing: boolean;
  positionMs: number;
  durationMs: number;
  /** Since the epoch: when what is shown came. */
  shownAt: number;
  speed: number;
  cutsPauses: boolean;
  /** Bytes are on their way. */
  waiting: boolean;
  error: unknown;
}

interface PlaybackOptions {
  index: RecordingIndex;
  screen: Screen;
  read: (from: number) => Promise<Piece>;
  onState: (state: PlaybackState) => void;
  now: () => number;
}

/** Plays a recording on a screen. Its clock stands while bytes are on their way; call `tick` a few times a second. */
export class Playback {
  readonly #options: PlaybackOptions;
  readonly #renderer: Renderer;
  #timeline: Timeline;
  #playing = false;
  #positionMs = 0;
  #offset: number;
  #tickedAt = 0;
  #speed = 1;
  #cutsPauses = true;
  #error: unknown = null;

  constructor(options: PlaybackOptions) {
    const { index, screen, read } = options;
    this.#options = options;
    this.#renderer = new Renderer(index, screen, read);
    this.#timeline = new Timeline(index, longestPauseMs);
    this.#offset = index.start;
    this.#tell();
  }

  play(): void {
    if (this.#positionMs >= this.#timeline.durationMs) this.#go(0);
    this.#tickedAt = this.#options.now();
    this.#playing = true;
    this.#tell();
  }

  pause(): void {
    this.#playing = false;
    this.#tell();
  }

  /** Time goes on from when it was called last. */
  tick(): void {
    if (!this.#playing) return;
    const now = this.#options.now();
    const passedMs = now - this.#tickedAt;
    this.#tickedAt = now;
    if (!this.#renderer.busy) this.#go(this.#positionMs + passedMs * this.#speed);
    if (this.#positionMs >= this.#timeline.durationMs) this.#playing = false;
    this.#tell();
  }

  seek(positionMs: number): void {
    this.#go(positionMs);
    this.#tell();
  }

  /** Goes where the bytes before this offset are shown, and none after. */
  seekOffset(offset: number): void {
    const { start, end } = this.#options.index;
    this.#offset = Math.min(Math.max(offset, start), end);
    this.#positionMs = this.#timeline.playedMsOf(this.#offset);
    this.#show();
    this.#tell();
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#tell();
  }

  cutPauses(cuts: boolean): void {
    this.#cutsPauses = cuts;
    this.#timeline = new Timeline(this.#options.index, cuts ? longestPauseMs : null);
    this.#positionMs = this.#timeline.playedMsOf(this.#offset);
    this.#tell();
  }

  /** Where this offset lies, as played. */
  playedMsOf(offset: number): number {
    return this.#timeline.playedMsOf(offset);
  }

  #go(positionMs: number): void {
    this.#positionMs = Math.min(Math.max(positionMs, 0), this.#timeline.durationMs);
    this.#offset = this.#timeline.offsetAt(this.#positionMs);
    this.#show();
  }

  #show(): void {
    this.#error = null;
    this.#renderer.show(this.#offset).then(
      () => this.#tell(),
      (error: unknown) => {
        this.#error = error;
        this.#playing = false;
        this.#tell();
      },
    );
  }

  #tell(): void {
    this.#options.onState({
      playing: this.#playing,
      positionMs: this.#positionMs,
      durationMs: this.#timeline.durationMs,
      shownAt: Date.parse(this.#options.index.startedAt) + this.#timeline.realMsOf(this.#offset),
      speed: this.#speed,
      cutsPauses: this.#cutsPauses,
      waiting: this.#renderer.busy,
      error: this.#error,
    });
  }
}
