/** A chunk below this is an echo or a prompt and goes at once; above, more is on its way. */
const smallBytes = 3000;
const gatherBytes = 64 * 1024;
const gatherMs = 4;

/** Gathers large output into fewer frames without delaying a keystroke's echo. */
export class Coalescer {
  readonly #emit: (bytes: Buffer) => void;
  #held: Buffer[] = [];
  #size = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(emit: (bytes: Buffer) => void) {
    this.#emit = emit;
  }

  push(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#size += bytes.length;
    const alone = this.#held.length === 1 && bytes.length < smallBytes;
    if (alone || this.#size >= gatherBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#size === 0) return;
    const bytes = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
    this.#held = [];
    this.#size = 0;
    this.#emit(bytes);
  }
}
