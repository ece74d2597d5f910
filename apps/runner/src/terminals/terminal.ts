import { type CloseCode, closeCodes, maxTerminalClients, ringBytes } from '@tatami/protocol';
import { Attachment, type TerminalClient } from './attachment.ts';
import { Gatherer } from './gatherer.ts';
import { Pacing } from './pacing.ts';
import { openPty, type Pty, type PtyReader, type Size, type TerminalCommand } from './pty.ts';
import type { Recording } from './recording.ts';
import { Ring } from './ring.ts';
import { Screen } from './screen.ts';
import { SizeHistory } from './size-history.ts';

/** The shell of a machine that was closed is gone well before this. */
const reapTimeoutMs = 1_000;

/** How a client shows the terminal: `viewer` watches for good, `standby` until it takes over. */
export type AttachAs = 'owner' | 'standby' | 'viewer';

/** How a client attaches: from which offset, in which size and as what. */
export interface AttachOptions extends Size {
  from: number | undefined;
  as: AttachAs;
}

/** For the operator. */
export interface TerminalLoad {
  ringBytes: number;
  unacknowledgedBytes: number;
  owners: number;
  viewers: number;
}

/** What a terminal is made of. */
export interface TerminalOptions {
  id: string;
  command: TerminalCommand;
  recording: Recording;
  onEnd: () => void;
  /** Its screen could not be drawn. */
  onError: (error: unknown) => void;
  open?: (command: TerminalCommand, reader: PtyReader) => Pty;
}

/**
 * One PTY, its last output and its clients (docs/protocol.md): an owner, who types, sets the size and
 * paces the PTY, and viewers. Without an owner it keeps reading, or the learner's program would stall.
 */
export class Terminal {
  readonly id: string;
  readonly #pty: Pty;
  readonly #pacing: Pacing;
  readonly #ring: Ring;
  readonly #sizes: SizeHistory;
  readonly #screen: Screen;
  readonly #recording: Recording;
  readonly #gatherer = new Gatherer(() => this.#pump());
  readonly #onError: (error: unknown) => void;
  readonly #redrawing = new Set<Attachment>();
  readonly #attachments = new Map<TerminalClient, Attachment>();
  readonly #firstOffset: number;
  readonly #ended: Promise<void>;
  #exitCode: number | undefined;

  /** Its output goes on where `recording` stands: offsets outlive the shell (R9). */
  constructor({ id, command, recording, onEnd, onError, open = openPty }: TerminalOptions) {
    const { cols, rows } = command;
    this.id = id;
    this.#recording = recording;
    this.#onError = onError;
    this.#firstOffset = recording.end;
    this.#sizes = new SizeHistory(recording.end, { cols, rows });
    this.#ring = new Ring(ringBytes, recording.end, (bytes, offset) =>
      this.#screen.passed(bytes, offset),
    );
    this.#screen = new Screen(this.#ring, this.#sizes);
    recording.resize(cols, rows);
    let ended: () => void;
    this.#ended = new Promise((resolve) => {
      ended = resolve;
    });
    this.#pty = open(command, {
      output: (bytes) => this.#output(bytes),
      end: (exitCode) => {
        this.#exited(exitCode);
        onEnd();
        ended();
      },
    });
    this.#pacing = new Pacing({
      pty: this.#pty,
      end: () => this.#ring.end,
      recordingIsFull: () => recording.full,
      onSlowOwner: () => this.#letSlowOwnerGo(),
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

  /** What its output takes, here and on the way, and for how many. */
  get load(): TerminalLoad {
    const attachments = [...this.#attachments.values()];
    const owners = attachments.filter(({ role }) => role === 'owner').length;
    return {
      ringBytes: this.#ring.end - this.#ring.start,
      unacknowledgedBytes: attachments.reduce((sum, { sent, acked }) => sum + sent - acked, 0),
      ...{ owners, viewers: attachments.length - owners },
    };
  }

  /** Shows the terminal to `client`; as owner it makes who was that a viewer. */
  attach(client: TerminalClient, { from, as, cols, rows }: AttachOptions): void {
    if (this.#attachments.size >= maxTerminalClients) {
      client.close(closeCodes.tooMany);
      return;
    }
    this.#gatherer.flush();
    const attachment = new Attachment(client, 'viewer', as !== 'viewer');
    this.#attachments.set(client, attachment);
    if (as === 'owner' || (as === 'standby' && !this.#pacing.owner)) this.#own(attachment);
    const offset = this.#heldOffset(from);
    if (offset !== undefined)
      attachment.begin({ offset, snapshot: null, ...this.#sizes.at(offset) }, this.#ring.end);
    this.resize(client, { cols, rows });
    this.#send(attachment);
    this.#pacing.update();
  }

  /** Lets the client go, with a code if it is to be told. */
  detach(client: TerminalClient, code?: CloseCode): void {
    const attachment = this.#attachments.get(client);
    if (!attachment) return;
    this.#attachments.delete(client);
    if (attachment === this.#pacing.owner) {
      if (code === undefined && !attachment.begins) this.#pacing.lose(attachment.acked);
      else this.#pacing.follow(undefined);
    }
    if (code !== undefined) client.close(code);
  }

  isAttached(client: TerminalClient): boolean {
    return this.#attachments.has(client);
  }

  /** What a viewer types is dropped. @returns whether it was the owner's. */
  input(client: TerminalClient, bytes: Buffer): boolean {
    if (this.#pacing.owner?.client !== client) return false;
    if (this.alive) this.#pty.write(bytes);
    return true;
  }

  /** Nothing comes of a viewer's. */
  resize(client: TerminalClient, { cols, rows }: Size): void {
    const { last } = this.#sizes;
    if (this.#pacing.owner?.client !== client || !this.alive) return;
    if (cols === last.cols && rows === last.rows) return;
    this.#pty.resize({ cols, rows });
    this.#sizes.set(this.#ring.end, { cols, rows });
    this.#recording.resize(cols, rows);
    this.#pump();
  }

  /** The client wants to own the terminal. @returns false when it may not. */
  take(client: TerminalClient): boolean {
    const attachment = this.#attachments.get(client);
    if (!attachment) return true;
    if (attachment.mayTake) this.#own(attachment);
    return attachment.mayTake;
  }

  /** The client has parsed all before `offset`. @returns false for an offset never sent, or one that goes back. */
  acknowledge(client: TerminalClient, offset: number): boolean {
    const attachment = this.#attachments.get(client);
    if (!attachment) return true;
    const said = attachment.acknowledge(offset);
    if (said === 'wrong') return false;
    if (attachment.blocked) this.#send(attachment);
    if (attachment === this.#pacing.owner && said === 'new') this.#pacing.progressed();
    return true;
  }

  /** The disk has caught up. */
  recordingDrained(): void {
    this.#pacing.update();
  }

  /** The machine is being closed: the clients go first. */
  hangUp(): void {
    this.#gatherer.flush();
    for (const client of [...this.#attachments.keys()])
      this.detach(client, closeCodes.sandboxClosed);
    this.#pacing.end();
    this.#gatherer.flush();
    this.#screen.dispose();
  }

  /**
   * Resolves when the shell has been reaped and its output is on disk. The shell ends with its machine:
   * killing the process that waits for it would leave it to the host's PID 1.
   */
  async close(): Promise<void> {
    this.hangUp();
    const timer = setTimeout(() => this.#pty.kill(), reapTimeoutMs);
    await this.#ended;
    clearTimeout(timer);
    await this.#recording.flush();
  }

  #output(bytes: Buffer): void {
    this.#ring.append(bytes);
    // First what somebody waits for.
    if (this.#attachments.size > 0) this.#gatherer.add(bytes.length);
    this.#recording.append(bytes);
    this.#pacing.update();
  }

  #pump(): void {
    for (const attachment of this.#attachments.values()) this.#send(attachment);
  }

  #send(attachment: Attachment): void {
    attachment.pump(this.#ring, this.#sizes);
    if (attachment.begins) this.#redraw(attachment);
    else if (!this.alive && attachment.sent === this.#ring.end) this.#sayExit(attachment);
  }

  /** What is next for it is gone: it begins anew with a screen. */
  #redraw(attachment: Attachment): void {
    if (this.#redrawing.has(attachment)) return;
    this.#redrawing.add(attachment);
    void this.#screen
      .draw()
      .catch((error: unknown) => {
        this.#onError(error);
        const offset = this.#ring.start;
        return { offset, snapshot: '', ...this.#sizes.at(offset) };
      })
      .then((beginning) => {
        this.#redrawing.delete(attachment);
        if (this.#attachments.get(attachment.client) !== attachment) return;
        attachment.begin(beginning, this.#ring.end);
        this.#send(attachment);
        this.#pacing.update();
      });
  }

  /** Where a client that has all before `from` begins; undefined when it needs a screen. */
  #heldOffset(from: number | undefined): number | undefined {
    const { start, end } = this.#ring;
    if (from !== undefined && from >= start && from <= end) return from;
    return start === this.#firstOffset ? start : undefined;
  }

  #own(attachment: Attachment): void {
    const before = this.#pacing.owner;
    if (before === attachment) return;
    before?.become('viewer');
    attachment.become('owner');
    this.#pacing.follow(attachment);
  }

  #letSlowOwnerGo(): void {
    const { owner } = this.#pacing;
    if (owner) this.detach(owner.client, closeCodes.slowClient);
  }

  #exited(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#gatherer.flush();
  }

  #sayExit({ client }: Attachment): void {
    client.control({ type: 'exit', exitCode: this.#exitCode ?? 0 });
    this.detach(client, closeCodes.shellExited);
  }
}
