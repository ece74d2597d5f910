import {
  ackEveryBytes,
  type CloseCode,
  highWatermarkBytes,
  lowWatermarkBytes,
  type TerminalRole,
  type TerminalServerMessage,
} from '@tatami/protocol';
import type { Size } from './pty.ts';
import type { Ring } from './ring.ts';
import type { SizeHistory } from './size-history.ts';

/** Whoever shows the terminal. The core knows nothing of sockets. */
export interface TerminalClient {
  control(message: TerminalServerMessage): void;
  output(bytes: Buffer): void;
  close(code: CloseCode): void;
  /** What it was given and the network has not taken. */
  readonly unsentBytes: number;
}

/** Where a client begins, in the size that the terminal had there; with the screen, if what drew it is gone. */
export interface Beginning extends Size {
  offset: number;
  snapshot: string | null;
}

/** One client of a terminal: what it was sent, what it acknowledged, and what it may. */
export class Attachment {
  readonly client: TerminalClient;
  /** False for one that watches for good. */
  readonly mayTake: boolean;
  role: TerminalRole;
  #sent = 0;
  #acked = 0;
  /** It has been sent nothing yet, or what is next for it is no longer held. */
  #begins = true;
  /** A snapshot went out and was not acknowledged: there is no telling whether anybody reads. */
  #drawing = false;
  /** What an acknowledgement may say that was under way when the client began again. */
  #late: { acked: number; sent: number } | undefined;
  /** There is more for it than it may be sent. */
  #blocked = false;
  #toldSize: Size | undefined;
  #saidHello = false;

  constructor(client: TerminalClient, role: TerminalRole, mayTake: boolean) {
    this.client = client;
    this.role = role;
    this.mayTake = mayTake;
  }

  /** Offset of the next byte for it. */
  get sent(): number {
    return this.#sent;
  }

  /** Every byte before has been parsed. */
  get acked(): number {
    return this.#acked;
  }

  /** It waits for `begin`. */
  get begins(): boolean {
    return this.#begins;
  }

  /** It waits until it acknowledges more. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** The first frame, or again after it was left behind. */
  begin(beginning: Beginning, liveOffset: number): void {
    if (this.#saidHello) this.#late = { acked: this.#acked, sent: this.#sent };
    this.#saidHello = true;
    this.#begins = false;
    this.#drawing = beginning.snapshot !== null;
    this.#sent = this.#acked = beginning.offset;
    this.#toldSize = beginning;
    this.client.control({ type: 'hello', ...beginning, liveOffset, role: this.role });
  }

  become(role: TerminalRole): void {
    this.role = role;
    if (this.#saidHello) this.client.control({ type: 'role', role });
  }

  /** Sends what is held and fits into its window, in order with the sizes that a viewer is told. */
  pump(ring: Ring, sizes: SizeHistory): void {
    if (this.#begins) return;
    while (this.#sent >= ring.start) {
      this.#tellSize(sizes.at(this.#sent));
      const left = ring.end - this.#sent;
      const room = this.#acked + highWatermarkBytes - this.#sent;
      // Half a window at once, not a small frame for each acknowledgement.
      const isFull = room < Math.min(left, lowWatermarkBytes);
      // Acknowledged unread. Whoever reads acknowledges again.
      this.#blocked = isFull || this.client.unsentBytes > highWatermarkBytes;
      if (this.#blocked || left === 0) return;
      const change = sizes.nextAfter(this.#sent) ?? Number.POSITIVE_INFINITY;
      const bytes = ring.read(this.#sent, Math.min(room, change - this.#sent));
      this.#sent += bytes.length;
      this.client.output(bytes);
    }
    // Left behind. What it was sent is taken first, or snapshots would pile up for one that reads nothing.
    this.#begins = !this.#drawing && this.#sent - this.#acked < ackEveryBytes;
    this.#blocked = !this.#begins;
  }

  /** `wrong`: an offset that was never sent, or one that goes back; `known`: it says nothing new. */
  acknowledge(offset: number): 'wrong' | 'known' | 'new' {
    const late = this.#late;
    if (late && offset >= late.acked && offset <= late.sent) {
      late.acked = offset;
      return 'known';
    }
    if (offset < this.#acked || offset > this.#sent) return 'wrong';
    const isNew = this.#drawing || offset > this.#acked;
    this.#acked = offset;
    this.#drawing = false;
    return isNew ? 'new' : 'known';
  }

  #tellSize(size: Size): void {
    const told = this.#toldSize;
    if (told?.cols === size.cols && told.rows === size.rows) return;
    this.#toldSize = size;
    if (this.role === 'viewer') this.client.control({ type: 'size', ...size });
  }
}
