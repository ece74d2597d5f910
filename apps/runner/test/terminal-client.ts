import type { CloseCode, TerminalServerMessage } from '@tatami/protocol';
import type { TerminalClient } from '../src/terminals/attachment.ts';

/** A client that keeps all it gets, and acknowledges only when told. */
export class TestClient implements TerminalClient {
  readonly messages: TerminalServerMessage[] = [];
  /** Offset of the next byte. */
  offset = 0;
  closed: CloseCode | undefined;
  unsentBytes = 0;
  #chunks: Buffer[] = [];

  control(message: TerminalServerMessage): void {
    this.messages.push(message);
    if (message.type === 'hello') this.offset = message.offset;
  }

  output(bytes: Buffer): void {
    this.#chunks.push(Buffer.from(bytes));
    this.offset += bytes.length;
  }

  close(code: CloseCode): void {
    this.closed = code;
  }

  /** All that came, whatever was said in between. */
  get bytes(): Buffer {
    this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Buffer;
  }

  get text(): string {
    return this.bytes.toString();
  }

  /** The last. */
  get hello() {
    const found = this.messages.findLast(({ type }) => type === 'hello');
    if (found?.type !== 'hello') throw new Error('there was no hello');
    return found;
  }

  /** Messages after the first, which must be `hello`. */
  get news(): TerminalServerMessage[] {
    const [first, ...news] = this.messages;
    if (first?.type !== 'hello') throw new Error('no hello came first');
    return news;
  }
}
