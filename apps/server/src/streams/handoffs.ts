import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type CloseCode, HandedOver, handedOverText, maxHandedOverBytes } from '@tatami/protocol';

const connectTimeoutMs = 2_000;

interface Options {
  /** tatami-handoff (packages/sandbox/native/handoff.c). */
  program: string;
  /** The runner's door. */
  doorPath: string;
}

/**
 * Browsers' WebSockets that the runner answers itself: it is given their connections, and this process neither wakes
 * for their bytes nor reads them. For each it keeps a lease, and they end with it.
 */
export class Handoffs {
  readonly #options: Options;
  readonly #leases = new Set<Socket>();
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Hands the connection of an upgrade over, to what the runner has at `path`; `onEnd` follows when it is over.
   * @returns false, and the connection is as it was, where that cannot be: TLS ends here, or nobody is at the door.
   */
  async give(request: IncomingMessage, path: string, onEnd: () => void): Promise<boolean> {
    const text = textOf(request, path);
    const browser = request.socket;
    if (text === undefined || browser instanceof TLSSocket) return false;
    const lease = await this.#connect();
    if (!lease) return false;
    // From here on nothing waits, or this process might read what is the other's.
    if (this.#closed || browser.destroyed || browser.readableLength > 0) {
      lease.destroy();
      return false;
    }
    this.#leases.add(lease);
    lease.once('close', () => {
      this.#leases.delete(lease);
      onEnd();
    });
    this.#run(text, browser, lease);
    return true;
  }

  /** All of them end by this code; resolves once they have. */
  async close(code: CloseCode): Promise<void> {
    this.#closed = true;
    const ended = [...this.#leases].map((lease) => once(lease, 'close'));
    for (const lease of this.#leases) lease.end(String(code));
    await Promise.all(ended);
  }

  #run(text: string, browser: Socket, lease: Socket): void {
    const child = spawn(this.#options.program, ['give', text], {
      ...{ cwd: '/', env: {} },
      stdio: ['ignore', 'ignore', 'inherit', browser, lease],
    });
    child.on('error', () => lease.destroy());
    child.on('exit', (code) => {
      if (code !== 0) lease.destroy();
    });
    // The connection is the other's; ours of it only closes.
    browser.destroy();
    lease.resume();
  }

  #connect(): Promise<Socket | undefined> {
    const socket = connect({ path: this.#options.doorPath, timeout: connectTimeoutMs });
    return new Promise((resolve) => {
      socket.once('connect', () => resolve(socket.setTimeout(0)));
      socket.once('timeout', () => socket.destroy());
      socket.on('error', () => resolve(undefined));
      socket.once('close', () => resolve(undefined));
    });
  }
}

/** What the runner needs to answer; undefined when the browser's handshake (RFC 6455 section 4.1) is not in order. */
function textOf({ headers }: IncomingMessage, path: string): string | undefined {
  if (headers['sec-websocket-version'] !== '13') return undefined;
  if (headers.upgrade?.toLowerCase() !== 'websocket') return undefined;
  const request = HandedOver.safeParse({ key: headers['sec-websocket-key'], path }).data;
  const text = request && handedOverText(request);
  return text !== undefined && text.length <= maxHandedOverBytes ? text : undefined;
}
