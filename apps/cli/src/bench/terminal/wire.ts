import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';

/** A connection to a terminal, whoever serves it. */
export interface Wire {
  send(bytes: Buffer): void;
  stopReading(): void;
  close(): void;
}

/** Opens one; `receive` gets its output, `ended` hears why there will be no more. */
export type Connect = (
  receive: (bytes: Buffer) => void,
  ended: (error: Error) => void,
) => Promise<Wire>;

/** Bytes over TCP and nothing else. */
export const overTcp =
  (port: number): Connect =>
  async (receive, ended) => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    await once(socket, 'connect');
    socket.on('data', receive);
    socket.on('error', ended);
    socket.on('close', () => ended(new Error('the connection was closed')));
    return {
      send: (bytes) => socket.write(bytes),
      stopReading: () => socket.pause(),
      close: () => socket.destroy(),
    };
  };

type Message = Buffer | string;

/** How a server's messages differ from plain bytes. */
interface Dialect {
  protocol?: string;
  /** What a client says first. */
  begin?: Message[];
  wrap?: (bytes: Buffer) => Message;
  /** The output that is in a message, if it has any. */
  unwrap?: (message: Buffer, answer: (message: Message) => void) => Buffer | undefined;
}

/** WebSocket messages: bytes and nothing else, unless the server has a dialect. */
export const overWebSocket =
  (url: string, { protocol, begin = [], wrap, unwrap }: Dialect = {}): Connect =>
  async (receive, ended) => {
    const socket = new WebSocket(url, protocol ?? [], { perMessageDeflate: false });
    const answer = (message: Message) => socket.send(message);
    const take = (message: Buffer) => {
      const output = unwrap?.(message, answer);
      if (output) receive(output);
    };
    socket.on('message', unwrap ? take : receive);
    socket.on('error', ended);
    socket.on('close', (code) => ended(new Error(`the connection was closed with ${code}`)));
    await once(socket, 'open');
    for (const message of begin) socket.send(message);
    return {
      send: wrap ? (bytes) => socket.send(wrap(bytes)) : (bytes) => socket.send(bytes),
      stopReading: () => socket.pause(),
      close: () => socket.terminate(),
    };
  };
