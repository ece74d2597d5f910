import type { WebSocket } from 'ws';
import { Channel } from './channel.ts';

/** A channel that is a WebSocket of its own. */
export class WebSocketChannel extends Channel {
  readonly #socket: WebSocket;
  readonly #onSent: () => void;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    this.#onSent = () => {
      if (socket.bufferedAmount === 0) this.emit('drain');
    };
    socket.on('message', (data: Buffer, isBinary) => this.emit('message', data, isBinary));
    socket.on('error', () => undefined);
    socket.on('close', () => this.emit('close'));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(data: Buffer | string, isBinary: boolean): void {
    this.#socket.send(data, { binary: isBinary }, this.#onSent);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(code: number): void {
    // A paused socket would never see the answer to its close.
    this.#socket.resume();
    this.#socket.close(code);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}
