import { ackEveryBytes, TerminalServerMessage } from '@tatami/protocol';
import { WebSocket } from 'ws';
import type { Connect, Wire } from './wire.ts';

type Hello = Extract<TerminalServerMessage, { type: 'hello' }>;

/** Stands for the browser's terminal: calls `parsed` with each piece of the bytes that it has parsed, in order. */
export type Renderer = (bytes: Buffer, parsed: (piece: Buffer) => void) => void;

const instantRenderer: Renderer = (bytes, parsed) => parsed(bytes);

interface Options {
  url: string;
  headers: Record<string, string>;
  /** Offset to go on from. */
  from?: number | undefined;
  viewer?: boolean;
  renderer?: Renderer;
  onHello?: (hello: Hello) => void;
}

/** A client of Tatami's terminal stream without a screen; hands out what is parsed and acknowledges as the web app does. */
export class StreamClient implements Wire {
  readonly #socket: WebSocket;
  readonly #renderer: Renderer;
  readonly #receive: (bytes: Buffer) => void;
  readonly #onHello: (hello: Hello) => void;
  #offset = 0;
  #parsed = 0;
  #acked = 0;

  constructor(
    { url, headers, from, viewer, renderer, onHello }: Options,
    receive: (bytes: Buffer) => void,
    ended: (error: Error) => void,
  ) {
    this.#renderer = renderer ?? instantRenderer;
    this.#receive = receive;
    this.#onHello = onHello ?? (() => undefined);
    const address = new URL(url);
    address.search = new URLSearchParams({
      ...{ cols: '80', rows: '24', new: '1' },
      ...(from === undefined ? {} : { from: String(from) }),
      ...(viewer ? { as: 'viewer' } : {}),
    }).toString();
    this.#socket = new WebSocket(address, { perMessageDeflate: false, headers });
    this.#socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#output(data);
      else this.#control(data.toString());
    });
    this.#socket.on('error', ended);
    this.#socket.on('close', (code) => ended(new Error(`the terminal was closed with ${code}`)));
  }

  /** Opens one that is ready for input. */
  static connect(options: Options): Connect {
    return (receive, ended) =>
      new Promise((resolve, reject) => {
        const client: StreamClient = new StreamClient(
          {
            ...options,
            onHello: (hello) => {
              options.onHello?.(hello);
              resolve(client);
            },
          },
          receive,
          (error) => {
            reject(error);
            ended(error);
          },
        );
      });
  }

  /** Of the next byte. */
  get offset(): number {
    return this.#offset;
  }

  send(bytes: Buffer): void {
    this.#socket.send(bytes);
  }

  /** Lets the kernel's buffers fill. */
  stopReading(): void {
    this.#socket.pause();
  }

  /** Cuts the connection without a word. */
  close(): void {
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => undefined);
    this.#socket.terminate();
  }

  #output(bytes: Buffer): void {
    this.#offset += bytes.length;
    const end = this.#offset;
    this.#renderer(bytes, (piece) => {
      this.#parsed += piece.length;
      if (this.#parsed === end) this.#acknowledge(end);
      this.#receive(piece);
    });
  }

  #acknowledge(offset: number): void {
    if (offset - this.#acked < ackEveryBytes || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#acked = offset;
    this.#socket.send(JSON.stringify({ type: 'ack', offset }));
  }

  #control(text: string): void {
    const message = TerminalServerMessage.parse(JSON.parse(text));
    if (message.type !== 'hello') return;
    this.#offset = this.#parsed = this.#acked = message.offset;
    this.#onHello(message);
  }
}
