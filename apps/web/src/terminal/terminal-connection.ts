import {
  ackEveryBytes,
  closeCodes,
  maxClientFrameBytes,
  type TerminalRole,
  TerminalServerMessage,
} from '@tatami/protocol';
import type { OpenTransport, Transport, Way } from '../transport/transport.ts';

/** What a terminal stream shows of itself. `restarting`: waiting for a server that said it would be back. `code` is the close code of `ended`, `exitCode` that of a shell. */
export type ConnectionState =
  | { name: 'connecting' | 'waiting' | 'restarting' }
  | { name: 'live'; way: Way; role: TerminalRole }
  | { name: 'ended'; code: number; exitCode: number | null };

/** What became of a command: `soon` goes out once, as soon as the terminal that is opening is ready. */
export type Sent = 'sent' | 'soon' | 'dropped';

interface Size {
  cols: number;
  rows: number;
}

/** What the connection needs of a terminal. */
export interface Screen {
  /** Calls back once the data are parsed. */
  write(data: Uint8Array | string, done?: () => void): void;
  /** Takes this size, which is another's; null: its own again. */
  take(size: Size | null): void;
}

/** What is asked for in the address of a stream. */
export interface StreamRequest extends Size {
  from: number;
  newShell: boolean;
  /** As a viewer, unless nobody else has the terminal. */
  standby: boolean;
}

interface Options {
  path: (request: StreamRequest) => string;
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
  code === closeCodes.tooFast ||
  code === closeCodes.serverRestarting;

/** One terminal stream: resumes at the parsed offset, acknowledges, and never sends input twice. */
export class TerminalConnection {
  #options: Options;
  /** That would fit here, whoever owns the terminal. */
  #size: Size;
  #transport: Transport | null = null;
  #parsed = 0;
  #acked = 0;
  #received = 0;
  #live = 0;
  #hello = false;
  /** Counts hellos: what is parsed late belongs to an earlier one. */
  #beginning = 0;
  #role: TerminalRole = 'owner';
  #epoch = 0;
  /** The server has said that it restarts, and not answered since. */
  #isRestarting = false;
  #delay = firstDelayMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #command: string | null = null;
  #exitCode: number | null = null;

  constructor(options: Options, size: Size) {
    this.#options = options;
    this.#size = size;
  }

  /** Offset of the next byte that the screen has not parsed. */
  get offset(): number {
    return this.#parsed;
  }

  /** Opens the stream, again after it ended; a shell that has ended is followed by a new one if wanted. */
  open({ newShell = false } = {}): void {
    this.#open({ newShell, standby: false });
  }

  #open(request: { newShell: boolean; standby: boolean }): void {
    this.close();
    const epoch = this.#epoch;
    this.#hello = false;
    this.#exitCode = null;
    this.#options.onState({ name: this.#isRestarting ? 'restarting' : 'connecting' });
    const path = this.#options.path({ from: this.#received, ...this.#size, ...request });
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
    this.#beginning += 1;
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
    if (this.#role === 'viewer') this.take();
    return 'soon';
  }

  /** Makes this the window that types and sets the size. */
  take(): void {
    if (this.#hello) this.#tell({ type: 'take' });
  }

  /** Tells the shell which size fits here. */
  resize(cols: number, rows: number): void {
    if (cols < 2 || rows < 1 || this.#role === 'viewer') return;
    this.#size = { cols, rows };
    if (this.#hello) this.#tell({ type: 'resize', cols, rows });
  }

  /** Connected, with all that was missed on the screen: what is sent now is heard. */
  get live(): boolean {
    return this.#transport?.open === true && this.#ready;
  }

  get #ready(): boolean {
    return this.#hello && this.#role === 'owner' && this.#parsed >= this.#live;
  }

  #closed(code: number): void {
    this.#transport = null;
    // Whoever pressed "run" sees that the terminal was lost; sending it later would surprise.
    this.#command = null;
    if (code >= 4000) this.#isRestarting = code === closeCodes.serverRestarting;
    if (retried(code)) {
      this.#options.onState({ name: this.#isRestarting ? 'restarting' : 'waiting' });
      const standby = this.#role === 'viewer';
      this.#timer = setTimeout(() => this.#open({ newShell: false, standby }), this.#delay);
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
    else if (message.type === 'size') this.#takeSize(message);
    else if (message.type === 'hello') this.#begin(message);
    else {
      if (message.role === 'viewer') this.#takeSize(this.#size);
      this.#become(message.role);
    }
  }

  /** At the start, and again when this viewer was left behind. */
  #begin(hello: Extract<TerminalServerMessage, { type: 'hello' }>): void {
    const { offset, liveOffset, snapshot, role } = hello;
    const beginning = ++this.#beginning;
    if (snapshot !== null || role === 'viewer') this.#takeSize(hello);
    if (snapshot !== null) {
      this.#options.screen.write(fullReset + snapshot, () => {
        if (beginning === this.#beginning) this.#tell({ type: 'ack', offset });
      });
    } else if (offset !== this.#received) {
      this.#options.screen.write(fullReset);
    }
    this.#received = this.#parsed = this.#acked = offset;
    this.#live = liveOffset;
    this.#hello = true;
    this.#isRestarting = false;
    this.#delay = firstDelayMs;
    this.#become(role);
  }

  #become(role: TerminalRole): void {
    this.#role = role;
    if (role === 'owner') {
      this.#takeSize(null);
      this.#tell({ type: 'resize', ...this.#size });
    }
    this.#options.onState({ name: 'live', way: this.#transport?.way ?? 'websocket', role });
    this.#sendCommand();
  }

  /** From here in the stream on. */
  #takeSize(size: Size | null): void {
    const epoch = this.#epoch;
    this.#options.screen.write('', () => {
      if (epoch === this.#epoch) this.#options.screen.take(size);
    });
  }

  #output(data: Uint8Array): void {
    const beginning = this.#beginning;
    this.#received += data.length;
    const end = this.#received;
    this.#options.screen.write(data, () => {
      if (beginning !== this.#beginning) return;
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
