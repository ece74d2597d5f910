import { highWatermarkBytes, lowWatermarkBytes, ringBytes } from '@tatami/protocol';
import type { Attachment } from './attachment.ts';
import type { Pty } from './pty.ts';

/** An owner that takes nothing for this long while the shell waits for it is let go. */
const slowOwnerMs = 30_000;
/** A client that was lost without a word may be back in a moment. */
const ownerReturnsMs = 5_000;
/** The most that one read of the PTY gives. */
const readBytes = 64 * 1024;

interface PacingOptions {
  pty: Pty;
  /** How much output there was. */
  end: () => number;
  /** Too much waits for the disk. */
  recordingIsFull: () => boolean;
  onSlowOwner: () => void;
}

/** Pauses a PTY while those cannot follow whom it waits for: its owner, one that was just lost, and the disk. */
export class Pacing {
  readonly #options: PacingOptions;
  #owner: Attachment | undefined;
  /** An owner whose connection was lost: what it has not acknowledged is held for a while. */
  #lost: { acked: number; timer: NodeJS.Timeout } | undefined;
  #slowTimer: NodeJS.Timeout | undefined;
  #paused = false;
  #over = false;

  constructor(options: PacingOptions) {
    this.#options = options;
  }

  get owner(): Attachment | undefined {
    return this.#owner;
  }

  /** The PTY waits for this one from now on, or for none. */
  follow(owner: Attachment | undefined): void {
    this.#owner = owner;
    this.#forgetLost();
    this.#restSlowTimer();
    this.update();
  }

  /** The owner's connection is gone; it may come back for what it has not acknowledged. */
  lose(acked: number): void {
    this.#owner = undefined;
    const timer = setTimeout(() => this.follow(undefined), ownerReturnsMs);
    this.#lost = { acked, timer };
    this.update();
  }

  /** The owner has acknowledged something: it is not gone, however slow. */
  progressed(): void {
    this.#slowTimer?.refresh();
    this.update();
  }

  /** There is more output, or less to wait for. */
  update(): void {
    const behind = this.#ownerIsBehind();
    if (!behind) this.#restSlowTimer();
    else this.#slowTimer ??= setTimeout(() => this.#options.onSlowOwner(), slowOwnerMs);
    const waits = behind || this.#lostWouldMiss() || this.#options.recordingIsFull();
    const paused = waits && !this.#over;
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#options.pty.pause();
    else this.#options.pty.resume();
  }

  /** Waits for nobody any more. */
  end(): void {
    this.#over = true;
    this.follow(undefined);
  }

  #ownerIsBehind(): boolean {
    const owner = this.#owner;
    if (!owner) return false;
    const most = this.#slowTimer ? lowWatermarkBytes : highWatermarkBytes;
    return owner.begins || this.#options.end() - owner.acked > most;
  }

  #lostWouldMiss(): boolean {
    const lost = this.#lost;
    return lost !== undefined && this.#options.end() - lost.acked > ringBytes - readBytes;
  }

  #forgetLost(): void {
    clearTimeout(this.#lost?.timer);
    this.#lost = undefined;
  }

  #restSlowTimer(): void {
    clearTimeout(this.#slowTimer);
    this.#slowTimer = undefined;
  }
}
