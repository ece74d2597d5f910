import { Readable } from 'node:stream';
import { tunnelBeatMs, tunnelFrame, tunnelFrameKinds } from '@tatami/protocol';

/** What one poll is answered with, and a frame more: a full window of a terminal. */
const maxPollBytes = 256 * 1024;
/** What an answer that is being read may hold back of us. */
const answerBytes = 64 * 1024;
/** What a frame that waits takes beside its bytes: many small ones would else be free. */
const overheadBytes = 512;

const beat = tunnelFrame(tunnelFrameKinds.beat, 0);

interface Waiting {
  frame: Uint8Array;
  onSent: () => void;
  next: Waiting | undefined;
}

/** Frames on their way to the browser: into one long answer, or into one answer a poll (docs/protocol.md H5, H6). */
export class Outlet {
  readonly #onGone: () => void;
  /** A chain, for an array moves all that is left when its first is taken. */
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #queuedBytes = 0;
  #answer: Readable | undefined;
  /** Whether the answer takes more. */
  #isWanted = false;
  #poll = { number: 0, bytes: Promise.resolve<Buffer>(Buffer.of()) };
  #isGathering = false;
  #onFrame: (() => void) | undefined;
  #onEmpty: (() => void) | undefined;
  #isOver = false;

  /** @param onGone tells that the browser let go of its long answer. */
  constructor(onGone: () => void) {
    this.#onGone = onGone;
  }

  /** What the frames that no answer has taken cost to keep. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  put(frame: Uint8Array, onSent: () => void = () => undefined): void {
    if (this.#isOver) return;
    const waiting: Waiting = { frame, onSent, next: undefined };
    if (this.#last) this.#last.next = waiting;
    else this.#first = waiting;
    this.#last = waiting;
    this.#queuedBytes += frame.length + overheadBytes;
    this.#onFrame?.();
    this.#flow();
  }

  /** Resolves once an answer has taken all that was put here, or the outlet has ended. */
  emptied(): Promise<void> {
    if (!this.#first) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** Shows a long answer that the browser is still there to read. */
  beat(): void {
    if (this.#answer && !this.#first) this.put(beat);
  }

  /** The one long answer; null when there was one, or polls. */
  stream(): Readable | null {
    if (this.#answer || this.#poll.number > 0 || this.#isOver) return null;
    const answer = new Readable({
      highWaterMark: answerBytes,
      read: () => {
        this.#isWanted = true;
        this.#flow();
      },
    });
    answer.on('close', this.#onGone);
    this.#answer = answer;
    this.beat();
    return answer;
  }

  /** The answer of a poll, the same for the same number; null when it is not that one's turn. */
  poll(number: number): Promise<Buffer> | null {
    if (this.#answer || number < 1) return null;
    if (number === this.#poll.number) return this.#poll.bytes;
    if (number !== this.#poll.number + 1 || this.#isGathering || this.#isOver) return null;
    this.#poll = { number, bytes: this.#gather() };
    return this.#poll.bytes;
  }

  /** Idempotent: answers end with what they have. */
  end(): void {
    this.#isOver = true;
    this.#onFrame?.();
    this.#flow();
    this.#answer?.push(null);
    this.#first = this.#last = undefined;
    this.#queuedBytes = 0;
    this.#onEmpty?.();
  }

  #flow(): void {
    while (this.#answer && this.#isWanted) {
      const next = this.#take();
      if (!next) return;
      this.#isWanted = this.#answer.push(next.frame);
      next.onSent();
    }
  }

  async #gather(): Promise<Buffer> {
    this.#isGathering = true;
    if (!this.#first && !this.#isOver) await this.#frameOrBeat();
    const frames: Uint8Array[] = [];
    for (let bytes = 0; bytes < maxPollBytes; ) {
      const next = this.#take();
      if (!next) break;
      frames.push(next.frame);
      bytes += next.frame.length;
      next.onSent();
    }
    this.#isGathering = false;
    return Buffer.concat(frames.length > 0 ? frames : [beat]);
  }

  async #frameOrBeat(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, tunnelBeatMs);
      // What comes in the same turn goes with it.
      this.#onFrame = () => setImmediate(resolve);
    });
    clearTimeout(timer);
    this.#onFrame = undefined;
  }

  #take(): Waiting | undefined {
    const next = this.#first;
    if (next) this.#queuedBytes -= next.frame.length + overheadBytes;
    this.#first = next?.next;
    if (!this.#first) {
      this.#last = undefined;
      this.#onEmpty?.();
    }
    return next;
  }
}
