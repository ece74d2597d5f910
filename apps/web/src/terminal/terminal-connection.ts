import { ackEveryBytes, maxClientFrameBytes, TerminalServerMessage } from '@tatami/protocol';

/** What a terminal stream shows of itself. `code` is the close code of `ended`. */
export type ConnectionState =
  | { name: 'connecting' | 'live' | 'waiting' }
  | { name: 'ended'; code: number };

/** What the connection needs of a terminal; `write` calls back once the bytes are parsed. */
export interface Screen {
  write(data: Uint8Array, done: () => void): void;
  reset(): void;
}

interface Options {
  url: (from: number, size: { cols: number; rows: number }) => string;
  screen: Screen;
  onState: (state: ConnectionState) => void;
}

const firstDelayMs = 250;
const lastDelayMs = 5000;
// Runner lost, slow client, too fast: the shell lives on, so these are worth another try.
const retried = (code: number) => code < 4000 || code === 4004 || code === 4007 || code === 4009;

/** One terminal stream: resumes at the parsed offset, acknowledges, and never queues input. */
export class TerminalConnection {
  #options: Options;
  #size: { cols: number; rows: number };
  #socket: WebSocket | null = null;
  #parsed = 0;
  #acked = 0;
  #received = 0;
  #live = 0;
  #hello = false;
  #epoch = 0;
  #delay = firstDelayMs;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options, size: { cols: number; rows: number }) {
    this.#options = options;
    this.#size = size;
  }

  /** Offset of the next byte that the screen has not parsed. */
  get offset(): number {
    return this.#parsed;
  }

  /** Opens the stream, again after it ended. */
  open(): void {
    this.close();
    const epoch = this.#epoch;
    this.#hello = false;
    this.#options.onState({ name: 'connecting' });
    const socket = new WebSocket(this.#options.url(this.#received, this.#size));
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (epoch !== this.#epoch) return;
      if (typeof event.data === 'string') this.#control(event.data);
      else this.#output(new Uint8Array(event.data));
    };
    socket.onclose = (event) => {
      if (epoch !== this.#epoch) return;
      this.#socket = null;
      if (!retried(event.code)) {
        // A new shell is a new stream, from 0.
        if (event.code === 4000) this.#parsed = this.#received = this.#acked = 0;
        this.#options.onState({ name: 'ended', code: event.code });
        return;
      }
      this.#options.onState({ name: 'waiting' });
      this.#timer = setTimeout(() => this.open(), this.#delay);
      this.#delay = Math.min(this.#delay * 2, lastDelayMs);
    };
  }

  /** Closes for good, until `open`. */
  close(): void {
    this.#epoch += 1;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }

  /** Sends input; false when it was dropped: not connected, or an answer to a replayed query. */
  send(text: string): boolean {
    const socket = this.#socket;
    if (socket?.readyState !== 1 || !this.#hello || this.#parsed < this.#live) return false;
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += maxClientFrameBytes)
      socket.send(bytes.slice(at, at + maxClientFrameBytes));
    return true;
  }

  /** Tells the shell the terminal's size. */
  resize(cols: number, rows: number): void {
    if (cols < 2 || rows < 1) return;
    this.#size = { cols, rows };
    if (this.#hello) this.#tell({ type: 'resize', cols, rows });
  }

  #tell(message: object): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #control(text: string): void {
    const message = TerminalServerMessage.parse(JSON.parse(text));
    if (message.type !== 'hello') return;
    if (message.gap || message.offset !== this.#received) this.#options.screen.reset();
    this.#received = this.#parsed = this.#acked = message.offset;
    this.#live = message.liveOffset;
    this.#hello = true;
    this.#delay = firstDelayMs;
    this.#tell({ type: 'resize', ...this.#size });
    this.#options.onState({ name: 'live' });
  }

  #output(data: Uint8Array): void {
    const epoch = this.#epoch;
    this.#received += data.length;
    const end = this.#received;
    this.#options.screen.write(data, () => {
      if (epoch !== this.#epoch) return;
      this.#parsed = end;
      if (end - this.#acked < ackEveryBytes) return;
      this.#acked = end;
      this.#tell({ type: 'ack', offset: end });
    });
  }
}
