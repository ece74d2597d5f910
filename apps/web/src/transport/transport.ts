/** How a stream reaches the server: docs/protocol.md, "Over plain HTTP". */
export type Way = 'websocket' | 'http' | 'poll';

/** One stream to the server, as a WebSocket would be. */
export interface Transport {
  readonly way: Way;
  /** What is sent now goes out; before that, and after the end, it is dropped. */
  readonly open: boolean;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  /** Idempotent; nothing is told after it. */
  close(): void;
}

/** What is told of a stream; `onClose` once, with a close code of RFC 6455 or of ours. */
export interface TransportEvents {
  onMessage(data: string | Uint8Array): void;
  onClose(code: number): void;
}

/** Opens a stream at an absolute path of this origin. */
export type OpenTransport = (path: string, events: TransportEvents) => Transport;

/** A stream that is a WebSocket of its own. `origin` is of a page, e.g. `https://lab.example.org`. */
export function webSocketTransport(
  origin: string,
  path: string,
  events: TransportEvents,
): Transport {
  const socket = new WebSocket(origin.replace(/^http/, 'ws') + path);
  let over = false;
  socket.binaryType = 'arraybuffer';
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (!over) events.onMessage(typeof data === 'string' ? data : new Uint8Array(data));
  };
  socket.onclose = ({ code }) => {
    if (!over) events.onClose(code);
    over = true;
  };
  return {
    way: 'websocket',
    get open() {
      return !over && socket.readyState === 1;
    },
    send: (data) => {
      if (socket.readyState === 1) socket.send(data);
    },
    close() {
      over = true;
      socket.close();
    },
  };
}
