import type { Pty, PtyReader, Size, TerminalCommand } from '../src/terminals/pty.ts';

/** A terminal whose output the test writes; it keeps what it is told and waits while it is paused. */
export class ScriptedPty implements Pty {
  readonly pid = 0;
  readonly sizes: Size[] = [];
  typed = '';
  paused = false;
  #reader: PtyReader | undefined;
  readonly #waiting: Buffer[] = [];
  #exitCode: number | undefined;

  /** As `Terminal` wants to be given it. */
  readonly open = ({ cols, rows }: TerminalCommand, reader: PtyReader): Pty => {
    this.sizes.push({ cols, rows });
    this.#reader = reader;
    return this;
  };

  /** Is read at once, in pieces as a PTY gives them, or when nobody pauses it any more. */
  print(output: string | Buffer, pieceBytes = 4096): void {
    const bytes = Buffer.from(output);
    for (let at = 0; at < bytes.length; at += pieceBytes)
      this.#waiting.push(bytes.subarray(at, at + pieceBytes));
    this.#flow();
  }

  /** The shell ends, once all it wrote has been read. */
  exit(exitCode = 0): void {
    this.#exitCode = exitCode;
    this.#flow();
  }

  write(bytes: Buffer): void {
    this.typed += bytes.toString();
  }

  resize(size: Size): void {
    this.sizes.push(size);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.#flow();
  }

  kill(): void {
    this.exit(137);
  }

  #flow(): void {
    while (!this.paused && this.#waiting.length > 0)
      this.#reader?.output(this.#waiting.shift() as Buffer);
    if (this.#waiting.length > 0 || this.#exitCode === undefined) return;
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.end(this.#exitCode);
  }
}
