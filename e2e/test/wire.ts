import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

/** A TCP connection between browser and server that can be cut. */
export interface Wire extends AsyncDisposable {
  port: number;
  /** Ends all connections and refuses new ones. */
  cut(): void;
  mend(): void;
}

/** Listens on a port of loopback, a free one unless told, and passes bytes to the port that `target` names. */
export async function openWire(target: () => number, ownPort = 0): Promise<Wire> {
  const sockets = new Set<Socket>();
  let whole = true;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((browser) => {
    if (!whole) return browser.destroy();
    const upstream = createConnection(target(), '127.0.0.1');
    keep(browser);
    keep(upstream);
    browser.pipe(upstream).pipe(browser);
    browser.on('close', () => upstream.destroy());
    upstream.on('close', () => browser.destroy());
  });
  server.listen(ownPort, '127.0.0.1');
  await once(server, 'listening');
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    cut() {
      whole = false;
      destroyAll();
    },
    mend() {
      whole = true;
    },
    async [Symbol.asyncDispose]() {
      destroyAll();
      server.close();
      await once(server, 'close');
    },
  };
}
