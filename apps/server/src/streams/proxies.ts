import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { within } from '../within.ts';

const connectTimeoutMs = 2_000;
/** A browser that does not answer a close is cut off after this. */
const endTimeoutMs = 2_000;

interface Options {
  /** tatami-proxy (packages/sandbox/native/proxy.c). */
  program: string;
  /** The runner's socket. */
  socketPath: string;
}

/**
 * Browsers' WebSockets that the runner answers itself: a small process each passes the bytes on, and this
 * one neither wakes nor reads them. They end with this process.
 */
export class Proxies {
  readonly #options: Options;
  readonly #running = new Set<ChildProcess>();
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Hands the connection of an upgrade over, to what the runner has at `path`; `onEnd` follows when it is over.
   * @returns false, and the connection is as it was, where that cannot be: TLS ends here, or nobody answers there.
   */
  async pass(request: IncomingMessage, path: string, onEnd: () => void): Promise<boolean> {
    const handshake = handshakeOf(request, path);
    const browser = request.socket;
    if (!handshake || browser instanceof TLSSocket) return false;
    const upstream = await this.#connect();
    if (!upstream) return false;
    // From here on nothing waits, or this process might read what is the other's.
    upstream.write(handshake);
    const isWhole = upstream.writableLength === 0 && browser.readableLength === 0;
    if (this.#closed || browser.destroyed || !isWhole) {
      upstream.destroy();
      return false;
    }
    browser.setNoDelay(true);
    this.#run(browser, upstream, onEnd);
    return true;
  }

  /** Passes no more on. `hangUp` has the runner close its side with a code; what goes on after that is killed. */
  async close(hangUp: () => Promise<void>): Promise<void> {
    this.#closed = true;
    if (this.#running.size === 0) return;
    const ended = [...this.#running].map((child) => once(child, 'exit'));
    await within(endTimeoutMs, Promise.all([hangUp(), ...ended]));
    for (const child of this.#running) child.kill();
  }

  #run(browser: Socket, upstream: Socket, onEnd: () => void): void {
    const child = spawn(this.#options.program, {
      cwd: '/',
      env: {},
      stdio: ['ignore', 'ignore', 'inherit', browser, upstream],
    });
    this.#running.add(child);
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      this.#running.delete(child);
      onEnd();
    };
    child.on('error', over);
    child.on('exit', over);
    // The connections are the other's; ours of them only close.
    browser.destroy();
    upstream.destroy();
  }

  #connect(): Promise<Socket | undefined> {
    const socket = connect({ path: this.#options.socketPath, timeout: connectTimeoutMs });
    return new Promise((resolve) => {
      socket.once('connect', () => resolve(socket.setTimeout(0)));
      socket.once('timeout', () => socket.destroy());
      socket.on('error', () => resolve(undefined));
      socket.once('close', () => resolve(undefined));
    });
  }
}

/** The opening handshake (RFC 6455 section 4.1) for `path`; undefined when the browser's is not in order. */
function handshakeOf({ headers }: IncomingMessage, path: string): string | undefined {
  const key = headers['sec-websocket-key'] ?? '';
  if (!/^[+/0-9A-Za-z]{22}==$/.test(key) || headers['sec-websocket-version'] !== '13')
    return undefined;
  if (headers.upgrade?.toLowerCase() !== 'websocket') return undefined;
  return [
    `GET ${path} HTTP/1.1`,
    'Host: runner',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
    '\r\n',
  ].join('\r\n');
}
