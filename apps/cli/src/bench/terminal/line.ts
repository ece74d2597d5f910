import type { Connect, Wire } from './wire.ts';

const patienceMs = 30_000;
/** More than any marker that is looked for. */
const keptCharacters = 64 * 1024;
/** Record and group separator: nothing else that is printed holds them. */
const beginMark = 0x1e;
const endMark = 0x1d;
/** Typed like this they do not look like themselves. */
const typedMarks = ['\\036', '\\035'];
/** A shell's, with nothing after it. */
export const prompt = /[$#] $/;
export const interrupt = Buffer.from('\x03');

/** The headless client: the same for every server, so that its own cost is the same in every figure. */
export class Line {
  #wire: Wire | undefined;
  #receive: (bytes: Buffer) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #ended: Error | undefined;

  /** Opens a line to a shell and waits for its prompt. */
  static async toShell(connect: Connect): Promise<Line> {
    const line = new Line();
    const shown = line.shows(prompt);
    await Promise.race([line.reopen(connect), shown]);
    await shown;
    return line;
  }

  /** Opens a line and expects nothing. */
  static async open(connect: Connect): Promise<Line> {
    const line = new Line();
    await line.reopen(connect);
    return line;
  }

  /** Goes on over another connection, whatever waits for output. */
  async reopen(connect: Connect): Promise<void> {
    this.#wire?.close();
    this.#ended = undefined;
    this.#wire = await connect(
      (bytes) => this.#receive(bytes),
      (error) => this.fail(error),
    );
  }

  send(bytes: Buffer): void {
    this.#wire?.send(bytes);
  }

  /** Lets the buffers on the way fill. */
  stopReading(): void {
    this.#wire?.stopReading();
  }

  type(text: string): void {
    this.send(Buffer.from(text));
  }

  /** Whatever waits for output waits in vain. */
  fail(error: Error): void {
    this.#ended = error;
    this.#reject(error);
  }

  close(): void {
    this.#reject = () => undefined;
    this.#wire?.close();
  }

  /** Hands all output to `take` until that says true. @throws when the line ends, or after half a minute. */
  until(take: (bytes: Buffer) => boolean, what: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    return new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), patienceMs);
      this.#reject = reject;
      if (this.#ended) reject(this.#ended);
      this.#receive = (bytes) => {
        if (take(bytes)) resolve();
      };
    }).finally(() => {
      clearTimeout(timer);
      this.#receive = this.#reject = () => undefined;
    });
  }

  /** Waits until the output from now on matches. */
  shows(pattern: RegExp): Promise<void> {
    let text = '';
    return this.until((bytes) => {
      text = (text + bytes.toString('latin1')).slice(-keptCharacters);
      return pattern.test(text);
    }, String(pattern));
  }

  /** Runs a command to its end. */
  async run(command: string): Promise<void> {
    await this.between(command, () => undefined);
  }

  /** Sends one key and waits for so many bytes. @returns the milliseconds. */
  async echo(key: Buffer, bytes: number): Promise<number> {
    let left = bytes;
    const pressed = performance.now();
    const echoed = this.until((output) => {
      left -= output.length;
      return left <= 0;
    }, 'an echo');
    this.send(key);
    await echoed;
    return performance.now() - pressed;
  }

  /** Runs a command and hands `take` what it prints; resolves at the next prompt. */
  async between(command: string, take: (bytes: Buffer) => void): Promise<void> {
    const output = new Marked(take);
    const prompt = this.until((bytes) => output.push(bytes), `the end of ${command}`);
    this.type(`printf '${typedMarks[0]}'; ${command}; printf '${typedMarks[1]}'\r`);
    await prompt;
  }

  /** Has a command print. @returns the milliseconds from the first to the last byte. @throws when they are not so many. */
  async flow(command: string, bytes: number): Promise<number> {
    let left = bytes;
    let began = 0;
    let over = 0;
    await this.between(command, (output) => {
      began ||= performance.now();
      left -= output.length;
      over = performance.now();
    });
    if (left !== 0) throw new Error(`${command} printed ${left} bytes less than ${bytes}`);
    return over - began;
  }
}

/** Finds what is printed between two marks, up to the prompt that follows. */
class Marked {
  readonly #take: (bytes: Buffer) => void;
  #at: 'before' | 'inside' | 'after' = 'before';
  #tail = '';

  constructor(take: (bytes: Buffer) => void) {
    this.#take = take;
  }

  /** @returns true at the prompt. */
  push(bytes: Buffer): boolean {
    let rest = bytes;
    if (this.#at === 'before') {
      const begin = rest.indexOf(beginMark);
      if (begin < 0) return false;
      this.#at = 'inside';
      rest = rest.subarray(begin + 1);
    }
    if (this.#at === 'inside') {
      const end = rest.indexOf(endMark);
      const inside = end < 0 ? rest : rest.subarray(0, end);
      if (inside.length > 0) this.#take(inside);
      if (end < 0) return false;
      this.#at = 'after';
      rest = rest.subarray(end + 1);
    }
    this.#tail += rest.toString('latin1');
    return prompt.test(this.#tail);
  }
}
