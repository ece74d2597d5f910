import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { SteadyRate } from './steady-rate.ts';

const everyMs = 4;

/**
 * A proxy on the loopback that passes bytes on to the server at once and back at a steady rate. What it holds is one read
 * of Node's, 64 KiB at most; what the kernel's socket buffers hold, megabytes by default, it does not bound.
 */
export class SlowNetwork {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: URL, bytesPerSecond: number) {
    this.#server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const socket of [near, far]) {
        socket.setNoDelay(true);
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.on('data', (bytes) => far.write(bytes));
      trickle(far, near, bytesPerSecond);
    });
  }

  static async before(url: string, bytesPerSecond: number): Promise<SlowNetwork> {
    const network = new SlowNetwork(new URL(url), bytesPerSecond);
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    return network;
  }

  /** The same address, through it. */
  through(url: string): string {
    const address = new URL(url);
    address.port = String((this.#server.address() as AddressInfo).port);
    return address.href;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

function trickle(from: Socket, to: Socket, bytesPerSecond: number): void {
  const rate = new SteadyRate(bytesPerSecond, bytesPerSecond / 20, performance.now());
  let held: Buffer = Buffer.alloc(0);
  from.on('data', (bytes) => {
    held = Buffer.concat([held, bytes]);
    from.pause();
  });
  const timer = setInterval(() => {
    const passed = rate.take(held.length, performance.now());
    if (passed > 0) to.write(held.subarray(0, passed));
    held = held.subarray(passed);
    if (held.length === 0) from.resume();
  }, everyMs);
  to.on('close', () => clearInterval(timer));
}
