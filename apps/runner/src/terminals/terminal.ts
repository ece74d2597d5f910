import { type IPty, spawn } from '@lydell/node-pty';
import {
  type CloseCode,
  closeCodes,
  highWatermarkBytes,
  lowWatermarkBytes,
  ringBytes,
  type TerminalServerMessage,
} from '@tatami/protocol';
import { Coalescer } from './coalescer.ts';
import type { Recording } from './recording.ts';
import { Ring } from './ring.ts';

/** A client that takes nothing for this long while the shell waits for it is let go. */
const slowClientMs = 30_000;
/** The shell of a machine that was closed is gone well before this. */
const reapTimeoutMs = 1_000;

/** Whoever shows the terminal. The core knows nothing of sockets. */
export interface TerminalClient {
  control(message: TerminalServerMessage): void;
  output(bytes: Buffer): void;
  close(code: CloseCode): void;
}

interface Attached {
  client: TerminalClient;
  sent: number;
  acked: number;
  paused: boolean;
  slowTimer: NodeJS.Timeout | undefined;
}

/** How to start the shell of a terminal. */
export interface TerminalCommand {
  file: string;
  args: string[];
  cols: number;
  rows: number;
}

/**
 * One PTY, its last output and at most one client (docs/protocol.md). Without a client it keeps
 * reading, or the learner's program would stall.
 */
export class Terminal {
  readonly id: string;
  readonly #pty: IPty;
  readonly #ring: Ring;
  readonly #recording: Recording;
  readonly #coalescer: Coalescer;
  readonly #onEnd: () => void;
  readonly #ended: Promise<void>;
  #attached: Attached | undefined;
  #exitCode: number | undefined;

  /** Its output goes on where `recording` stands: offsets outlive the shell (R9). */
  constructor(id: string, command: TerminalCommand, recording: Recording, onEnd: () => void) {
    this.id = id;
    this.#ring = new Ring(ringBytes, recording.end);
    this.#recording = recording;
    this.#onEnd = onEnd;
    this.#coalescer = new Coalescer((bytes) => this.#send(bytes));
    this.#pty = spawn(command.file, command.args, {
      cols: command.cols,
      rows: command.rows,
      cwd: '/',
      env: {},
      encoding: null,
    });
    recording.resize(command.cols, command.rows);
    // With `encoding: null` node-pty hands out Buffers; its types say string.
    this.#pty.onData((data) => this.#output(data as unknown as Buffer));
    this.#ended = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode }) => {
        this.#exited(exitCode);
        resolve();
      });
    });
  }

  /** Absolute offset after the last byte. */
  get offset(): number {
    return this.#ring.end;
  }

  /** Of the process that relays the terminal; its shell is that one's child. */
  get pid(): number {
    return this.#pty.pid;
  }

  get alive(): boolean {
    return this.#exitCode === undefined;
  }

  /** Shows the terminal to `client` from absolute offset `from`; whoever saw it before is let go. */
  attach(client: TerminalClient, from: number | undefined): void {
    this.detach(closeCodes.takenOver);
    this.#coalescer.flush();
    const held = from !== undefined && from >= this.#ring.start && from <= this.#ring.end;
    const offset = held ? from : this.#ring.start;
    this.#attached = { client, sent: offset, acked: offset, paused: false, slowTimer: undefined };
    client.control({
      type: 'hello',
      offset,
      liveOffset: this.#ring.end,
      snapshot: null,
      role: 'owner',
      cols: this.#pty.cols,
      rows: this.#pty.rows,
    });
    const replay = this.#ring.from(offset);
    if (replay.length > 0) this.#send(replay);
    if (!this.alive) this.#sayExit();
  }

  /** Lets the client go, with a code if it is to be told. */
  detach(code?: CloseCode): void {
    const attached = this.#attached;
    if (!attached) return;
    this.#attached = undefined;
    clearTimeout(attached.slowTimer);
    if (attached.paused) this.#resume();
    if (code !== undefined) attached.client.close(code);
  }

  isAttached(client: TerminalClient): boolean {
    return this.#attached?.client === client;
  }

  input(bytes: Buffer): void {
    // Its types say string here too; it hands the bytes to the socket as they are.
    if (this.alive) this.#pty.write(bytes as unknown as string);
  }

  resize(cols: number, rows: number): void {
    try {
      if (!this.alive) return;
      this.#pty.resize(cols, rows);
      this.#recording.resize(cols, rows);
    } catch (error) {
      // The shell has ended, and the news of it is on its way.
      if (!String(error).includes('EBADF')) throw error;
    }
  }

  /** The client has parsed all before `offset`. @returns false for an offset never sent, or one that goes back. */
  acknowledge(offset: number): boolean {
    const attached = this.#attached;
    if (!attached) return true;
    if (offset < attached.acked || offset > attached.sent) return false;
    attached.acked = offset;
    if (attached.paused && attached.sent - offset <= lowWatermarkBytes) {
      attached.paused = false;
      clearTimeout(attached.slowTimer);
      this.#resume();
    }
    return true;
  }

  /** The machine is being closed: the client goes first. */
  hangUp(): void {
    this.#coalescer.flush();
    this.detach(closeCodes.sandboxClosed);
  }

  /**
   * Resolves when the shell has been reaped and its output is on disk. The shell ends with its machine:
   * killing the process that waits for it would leave it to the host's PID 1.
   */
  async close(): Promise<void> {
    this.hangUp();
    const timer = setTimeout(() => this.#pty.kill('SIGKILL'), reapTimeoutMs);
    await this.#ended;
    clearTimeout(timer);
    await this.#recording.flush();
  }

  #output(bytes: Buffer): void {
    this.#ring.append(bytes);
    this.#recording.append(bytes);
    if (this.#recording.full && this.alive) this.#pty.pause();
    if (this.#attached) this.#coalescer.push(bytes);
  }

  /** The disk has caught up. */
  recordingDrained(): void {
    this.#resume();
  }

  #resume(): void {
    if (this.alive && !this.#attached?.paused && !this.#recording.full) this.#pty.resume();
  }

  #send(bytes: Buffer): void {
    const attached = this.#attached;
    if (!attached) return;
    attached.sent += bytes.length;
    attached.client.output(bytes);
    if (attached.paused || attached.sent - attached.acked <= highWatermarkBytes) return;
    attached.paused = true;
    if (this.alive) this.#pty.pause();
    attached.slowTimer = setTimeout(() => this.detach(closeCodes.slowClient), slowClientMs);
  }

  #exited(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#coalescer.flush();
    this.#sayExit();
    this.#onEnd();
  }

  #sayExit(): void {
    this.#attached?.client.control({ type: 'exit', exitCode: this.#exitCode ?? 0 });
    this.detach(closeCodes.shellExited);
  }
}
