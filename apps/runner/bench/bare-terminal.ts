import websocket from '@fastify/websocket';
import { spawn } from '@lydell/node-pty';
import Fastify from 'fastify';

/**
 * The least that shows a PTY over a WebSocket with the libraries we use, written well and nothing else: what the
 * terminal stream is measured against (docs/benches.md). Its arguments are a port of the loopback, and the command
 * that each connection gets, 80 by 24.
 */
const [port, file = '', ...args] = process.argv.slice(2);
const app = Fastify();
await app.register(websocket, { options: { perMessageDeflate: false } });
app.get('/', { websocket: true }, (socket) => {
  const pty = spawn(file, args, { cols: 80, rows: 24, cwd: '/', env: {}, encoding: null });
  // With `encoding: null` these are Buffers; node-pty's types say string.
  pty.onData((data) => socket.send(data as unknown as Buffer));
  pty.onExit(() => socket.close());
  socket.on('message', (data) => pty.write(data as unknown as string));
  socket.on('close', () => pty.kill());
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
