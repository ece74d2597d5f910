import { isUtf8 } from 'node:buffer';
import {
  maxClientFrameBytes,
  maxTunnelPieceBytes,
  tunnelCloseFrame,
  tunnelFrame,
  tunnelFrameKinds,
} from '@tatami/protocol';
import { Channel } from './channel.ts';

/** What a channel needs of its tunnel. */
export interface TunnelEnd {
  put(frame: Uint8Array, onSent?: () => void): void;
  /** The channel holds no message back any more. */
  released(): void;
  /** The channel is over. */
  forget(number: number): void;
}

/** One channel of a tunnel. */
export class TunnelChannel extends Channel {
  readonly #number: number;
  readonly #tunnel: TunnelEnd;
  #isOpen = true;
  #isPaused = false;
  #unsentBytes = 0;
  #held: { data: Buffer; isBinary: boolean }[] = [];

  constructor(number: number, tunnel: TunnelEnd) {
    super();
    this.#number = number;
    this.#tunnel = tunnel;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Whether a message waits until the channel is resumed. */
  get holds(): boolean {
    return this.#held.length > 0;
  }

  send(data: Buffer | string, isBinary: boolean): void {
    if (!this.#isOpen) return;
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    if (!isBinary) this.#put(tunnelFrame(tunnelFrameKinds.text, this.#number, bytes));
    for (let at = 0; isBinary && at < bytes.length; at += maxTunnelPieceBytes) {
      const piece = bytes.subarray(at, at + maxTunnelPieceBytes);
      this.#put(tunnelFrame(tunnelFrameKinds.bytes, this.#number, piece));
    }
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    while (!this.#isPaused) {
      const next = this.#held.shift();
      if (!next) break;
      this.emit('message', next.data, next.isBinary);
    }
    if (!this.holds) this.#tunnel.released();
  }

  close(code: number): void {
    if (this.#isOpen) this.#tunnel.put(tunnelCloseFrame(this.#number, code));
    this.end();
  }

  terminate(): void {
    this.close(1006);
  }

  /** A message of the browser; what a WebSocket would refuse, the same codes refuse here. */
  receive(data: Buffer, isBinary: boolean): void {
    if (data.length > maxClientFrameBytes) this.close(1009);
    else if (!isBinary && !isUtf8(data)) this.close(1007);
    else if (this.#isPaused) this.#held.push({ data, isBinary });
    else this.emit('message', data, isBinary);
  }

  /** Idempotent; the browser is not told. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#held = [];
    this.#tunnel.forget(this.#number);
    this.#tunnel.released();
    this.emit('close');
  }

  #put(frame: Uint8Array): void {
    this.#unsentBytes += frame.length;
    this.#tunnel.put(frame, () => {
      this.#unsentBytes -= frame.length;
      if (this.#unsentBytes === 0 && this.#isOpen) this.emit('drain');
    });
  }
}
