import { longestDrawMs, ringBytes } from '@tatami/protocol';
import { HeadlessTerminal } from './headless.ts';
import type { Modes } from './modes.ts';
import type { Size } from './pty.ts';

/** A flood faster than it can be drawn draws its screen anew by itself. */
const maxWaitingBytes = ringBytes;

/**
 * What a full-screen program drew before the ring begins. Such a program draws a frame once and then what
 * changes in it, so its last megabyte alone does not make its screen; it also writes little.
 */
export class Underlay {
  readonly #terminal: Promise<HeadlessTerminal>;
  #written: Promise<unknown> = Promise.resolve();
  #waitingBytes = 0;
  /** When what waits has kept it busy for too long without a pause. */
  #until = 0;
  /** It could not keep up. */
  torn = false;

  constructor(modes: Modes, size: Size) {
    this.#terminal = HeadlessTerminal.open(size);
    const begun = Buffer.concat([Buffer.from(modes.sequences), modes.begun]);
    this.#then((terminal) => terminal.write(begun));
  }

  write(bytes: Buffer, size: Size): void {
    if (this.torn) return;
    if (this.#waitingBytes === 0) this.#until = performance.now() + longestDrawMs;
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > maxWaitingBytes) {
      this.dispose();
      return;
    }
    this.#then(async (terminal) => {
      const isLate = () => performance.now() > this.#until;
      terminal.resize(size);
      await terminal.write(bytes, () => !this.torn && !isLate());
      if (isLate()) this.dispose();
      else this.#waitingBytes -= bytes.length;
    });
  }

  /** The screen after all that was written, with `modes`; null when it could not keep up. */
  async snapshot(modes: () => Modes): Promise<string | null> {
    const terminal = await this.#terminal;
    while (this.#waitingBytes > 0 && !this.torn) await this.#written;
    return this.torn ? null : terminal.snapshot(modes());
  }

  dispose(): void {
    this.torn = true;
    void this.#written
      .then(() => this.#terminal)
      .then(
        (terminal) => terminal.dispose(),
        // It was never made.
        () => undefined,
      );
  }

  #then(task: (terminal: HeadlessTerminal) => Promise<void>): void {
    this.#written = this.#written
      .then(async () => {
        const terminal = await this.#terminal;
        if (!this.torn) await task(terminal);
      })
      .catch(() => this.dispose());
  }
}
