import {
  ackEveryBytes,
  closeCodes,
  maxClientFrameBytes,
  TerminalServerMessage,
} from '@tatami/protocol';
import type { OpenTransport, Transport, Way } from '../transport/transport.ts';

/** What a terminal stream shows of itself. `code` is the close code of `ended`, `exitCode` that of a shell. */
export type ConnectionState =
  | { name: 'connecting' | 'waiting' }
  | { name: 'live'; way: Way }
  | { name: 'ended'; code: number; exitCode: number | null };

/** What became of a command: `soon` goes out once, as soon as the terminal that is opening is ready. */
export type Sent = 'sent' | 'soon' | 'dropped';

/** What the connection needs of a terminal; `write` calls back once the bytes are parsed. */
export interface Screen {
  write(data: Uint8Array | string, done?: () => void): void;
}

interface Options {
  path: (from: number, size: { cols: number; rows: number }, newShell: boolean) => string;
  openTransport: OpenTransport;
  screen: Screen;
  onState: (state: ConnectionState) => void;
}

const firstDelayMs = 250;
const lastDelayMs = 5000;
/** Full reset (RIS, ECMA-48): in the stream, so that it comes after what is still to be parsed. */
const fullReset = '\x1bc';
/** The shell lives on, so these are worth another try. */
const retried = (code: number) =>
  code < 4000 ||
  code === closeCodes.slowClient ||
  code === closeCodes.runnerUnreachable ||
  code === closeCodes.tooFast;

/** One terminal stream: resumes at the parsed offset, acknowledges, and never sends input twice. */
export class TerminalConnection {
  #options: Options;
  #size: { cols: number; rows: number };
  #transport: Transport | null = null;
  #parsed = 0;
  #acked = 0;
  #received = 0;
  #live = 0;
  #hello = false;
  #epoch = 0;
  #delay = firstDelayMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #command: string | null = null;
  #exitCode: number | null = null;

  constructor(options: Options, size: { cols: number; rows: number }) {
    this.#options = options;
    this.#size = size;
  }

  /** Offset of the next byte that the screen has not parsed. */
  get offset(): number {
    return this.#parsed;
  }

  /** Opens the stream, again after it ended; a shell that has ended is followed by a new one if wanted. */
  open(options: { newShell?: boolean } = {}): void {
    this.close();
    const epoch = this.#epoch;
    this.#hello = false;
    this.#exitCode = null;
    this.#options.onState({ name: 'connecting' });
    const path = this.#options.path(this.#received, this.#size, options.newShell ?? false);
    this.#transport = this.#options.openTransport(path, {
      onMessage: (data) => {
        if (epoch !== this.#epoch) return;
        if (typeof data === 'string') this.#control(data);
        else this.#output(data);
      },
      onClose: (code) => {
        if (epoch === this.#epoch) this.#closed(code);
      },
    });
  }

  /** Closes for good, until `open`. */
  close(): void {
    this.#epoch += 1;
    this.#command = null;
    clearTimeout(this.#timer);
    this.#transport?.close();
    this.#transport = null;
  }

  /** Sends input; false when it was dropped: not connected, or an answer to a replayed query. */
  send(text: string): boolean {
    const transport = this.#transport;
    if (!transport || !this.live) return false;
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += maxClientFrameBytes)
      transport.send(bytes.slice(at, at + maxClientFrameBytes));
    return true;
  }

  /** Sends a command now, or once when the terminal that is being opened is ready. */
  run(command: string): Sent {
    if (this.send(command)) return 'sent';
    if (!this.#transport || this.#command !== null) return 'dropped';
    this.#command = command;
    return 'soon';
  }

  /** Tells the shell the terminal's size. */
  resize(cols: number, rows: number): void {
    if (cols < 2 || rows < 1) return;
    this.#size = { cols, rows };
    if (this.#hello) this.#tell({ type: 'resize', cols, rows });
  }

  /** Connected, with all that was missed on the screen: what is sent now is heard. */
  get live(): boolean {
    return this.#transport?.open === true && this.#ready;
  }

  get #ready(): boolean {
    return this.#hello && this.#parsed >= this.#live;
  }

  #closed(code: number): void {
    this.#transport = null;
    // Whoever pressed "run" sees that the terminal was lost; sending it later would surprise.
    this.#command = null;
    if (retried(code)) {
      this.#options.onState({ name: 'waiting' });
      this.#timer = setTimeout(() => this.open(), this.#delay);
      this.#delay = Math.min(this.#delay * 2, lastDelayMs);
      return;
    }
    this.#options.onState({ name: 'ended', code, exitCode: this.#exitCode });
  }

  #tell(message: object): void {
    this.#transport?.send(JSON.stringify(message));
  }

  #control(text: string): void {
    const message = parseMessage(text);
    if (!message) {
      this.close();
      this.#closed(closeCodes.badMessage);
      return;
    }
    if (message.type === 'exit') this.#exitCode = message.exitCode;
    if (message.type !== 'hello') return;
    if (message.snapshot !== null || message.offset !== this.#received)
      this.#options.screen.write(fullReset + (message.snapshot ?? ''));
    this.#received = this.#parsed = this.#acked = message.offset;
    this.#live = message.liveOffset;
    this.#hello = true;
    this.#delay = firstDelayMs;
    this.#tell({ type: 'resize', ...this.#size });
    this.#options.onState({ name: 'live', way: this.#transport?.way ?? 'websocket' });
    this.#sendCommand();
  }

  #output(data: Uint8Array): void {
    const epoch = this.#epoch;
    this.#received += data.length;
    const end = this.#received;
    this.#options.screen.write(data, () => {
      if (epoch !== this.#epoch) return;
      this.#parsed = end;
      this.#sendCommand();
      if (end - this.#acked < ackEveryBytes) return;
      this.#acked = end;
      this.#tell({ type: 'ack', offset: end });
    });
  }

  #sendCommand(): void {
    const command = this.#command;
    // A shell that has not shown its prompt yet may throw typed-ahead input away.
    if (command === null || !this.#ready || this.#parsed === 0) return;
    this.#command = null;
    this.send(command);
  }
}

function parseMessage(text: string): TerminalServerMessage | null {
  try {
    return TerminalServerMessage.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
