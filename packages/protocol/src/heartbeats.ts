/** What a WebSocket of the ws library has of one. */
interface Pinged {
  /** Whoever is held back is not heard either. */
  readonly isPaused: boolean;
  ping(): void;
  terminate(): void;
  on(event: 'pong' | 'close', listener: () => void): unknown;
}

/**
 * Ends connections that went away without a word (a laptop's lid, a NAT's time-out): all are pinged at the same moments, which
 * wake the processor once.
 */
export class Heartbeats {
  /** Whether each has answered. */
  readonly #answered = new Map<Pinged, boolean>();

  /** Until it closes. */
  add(socket: Pinged): void {
    this.#answered.set(socket, true);
    socket.on('pong', () => this.#answered.set(socket, true));
    socket.on('close', () => this.#answered.delete(socket));
  }

  /** Lets go of those that have not answered since the last one, and asks the others. */
  beat(): void {
    for (const [socket, answered] of this.#answered) {
      if (socket.isPaused) continue;
      if (!answered) socket.terminate();
      else {
        this.#answered.set(socket, false);
        socket.ping();
      }
    }
  }
}

/** Between two beats: less than the minute after which proxies take a silent connection for dead. */
export const heartbeatMs = 20_000;
