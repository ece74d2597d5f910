import { EventEmitter } from 'node:events';

interface ChannelEvents {
  message: [data: Buffer, isBinary: boolean];
  /** Nothing of this channel is unsent any more. */
  drain: [];
  close: [];
}

/** One stream with a browser, over a WebSocket or through a tunnel. */
export abstract class Channel extends EventEmitter<ChannelEvents> {
  abstract readonly isOpen: boolean;
  /** Of what was sent, that which has not left for the browser. */
  abstract readonly unsentBytes: number;
  abstract send(data: Buffer | string, isBinary: boolean): void;
  /** Holds the browser's messages back until `resume`. */
  abstract pause(): void;
  abstract resume(): void;
  /** Idempotent, as `terminate`, which waits for nobody. */
  abstract close(code: number): void;
  abstract terminate(): void;
}
