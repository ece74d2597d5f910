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

/** Bytes in binary WebSocket messages and nothing else. */
export const overWebSocket =
  (url: string): Connect =>
  async (receive, ended) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on('message', receive);
    socket.on('error', ended);
    socket.on('close', (code) => ended(new Error(`the connection was closed with ${code}`)));
    await once(socket, 'open');
    return {
      send: (bytes) => socket.send(bytes),
      stopReading: () => socket.pause(),
      close: () => socket.terminate(),
    };
  };
