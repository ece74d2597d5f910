import { maxTunnelPostBytes } from '@tatami/protocol';

/** Frames on their way to the server, in numbered bodies, one after the other (docs/protocol.md H7). */
export class Outbox {
  readonly #post: (number: number, body: Uint8Array<ArrayBuffer>) => Promise<void>;
  #frames: Uint8Array[] = [];
  #number = 0;
  /** Frames wait until `start`, and while a body is on its way. */
  #isBusy = true;
  #isOver = false;

  /** @param post resolves when the body was taken; never rejects. */
  constructor(post: (number: number, body: Uint8Array<ArrayBuffer>) => Promise<void>) {
    this.#post = post;
  }

  put(frame: Uint8Array): void {
    if (this.#isOver) return;
    this.#frames.push(frame);
    if (!this.#isBusy) this.start();
  }

  /** Sends what waits, and from then on what comes. */
  start(): void {
    this.#isBusy = true;
    void this.#send();
  }

  /** Drops what waits, and what comes. */
  close(): void {
    this.#isOver = true;
    this.#frames = [];
  }

  async #send(): Promise<void> {
    // What is said in the same turn goes together.
    await Promise.resolve();
    while (this.#frames.length > 0) await this.#post(++this.#number, this.#take());
    this.#isBusy = false;
  }

  #take(): Uint8Array<ArrayBuffer> {
    let count = 0;
    let bytes = 0;
    for (const { length } of this.#frames) {
      if (count > 0 && bytes + length > maxTunnelPostBytes) break;
      count += 1;
      bytes += length;
    }
    const body = new Uint8Array(bytes);
    let at = 0;
    for (const frame of this.#frames.splice(0, count)) {
      body.set(frame, at);
      at += frame.length;
    }
    return body;
  }
}
