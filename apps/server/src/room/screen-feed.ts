import { ackEveryBytes, TerminalServerMessage } from '@tatami/protocol';
import type { WebSocket } from 'ws';

/** A piece of a terminal's stream, and the offset that it begins at. */
export type Frame =
  | { at: number; bytes: Buffer; text?: undefined }
  /** A control message that belongs there. */
  | { at: number; bytes?: undefined; text: string };

export type Hello = Extract<TerminalServerMessage, { type: 'hello' }>;

interface FeedEvents {
  onHello(hello: Hello): void;
  onFrame(frame: Frame): void;
  onClose(code: number): void;
}

/** One stream of the runner, read as fast as it comes and acknowledged by the rules of docs/protocol.md. */
export class ScreenFeed {
  readonly #socket: WebSocket;
  readonly #events: FeedEvents;
  /** Offset after all that has come. */
  end = 0;
  #acked = 0;
  #isOver = false;

  constructor(socket: WebSocket, events: FeedEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.on('message', (data: Buffer, isBinary) => {
      if (this.#isOver) return;
      if (isBinary) this.#output(data);
      else this.#control(data.toString());
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      if (!this.#isOver) events.onClose(code);
      this.#isOver = true;
    });
  }

  /** Idempotent; nothing is told after it. */
  close(): void {
    this.#isOver = true;
    this.#socket.terminate();
  }

  #control(text: string): void {
    const message = TerminalServerMessage.safeParse(JSON.parse(text)).data;
    if (message?.type === 'size') this.#events.onFrame({ at: this.end, text });
    if (message?.type !== 'hello') return;
    this.end = this.#acked = message.offset;
    if (message.snapshot !== null) this.#ack();
    this.#events.onHello(message);
  }

  #output(bytes: Buffer): void {
    const at = this.end;
    this.end += bytes.length;
    if (this.end - this.#acked >= ackEveryBytes) this.#ack();
    this.#events.onFrame({ at, bytes });
  }

  #ack(): void {
    this.#acked = this.end;
    this.#socket.send(JSON.stringify({ type: 'ack', offset: this.end }));
  }
}
