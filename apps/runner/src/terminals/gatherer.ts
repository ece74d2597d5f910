/** Fewer bytes than these are an echo or a prompt and go at once; above, more is on its way. */
const smallBytes = 3000;
const gatherBytes = 64 * 1024;
const gatherMs = 4;

/** Says when new output is to be sent: large output in fewer frames, without delaying a keystroke's echo. */
export class Gatherer {
  readonly #send: () => void;
  #unsentBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: () => void) {
    this.#send = send;
  }

  /** So many bytes more wait. */
  add(bytes: number): void {
    const alone = this.#unsentBytes === 0 && bytes < smallBytes;
    this.#unsentBytes += bytes;
    if (alone || this.#unsentBytes >= gatherBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unsentBytes = 0;
    this.#send();
  }
}
