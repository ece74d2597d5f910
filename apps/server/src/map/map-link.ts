import { closeCodes, type MapEvent } from '@tatami/protocol';
import type { WebSocket } from 'ws';
import type { Channel } from '../streams/channel.ts';

const firstRetryMs = 250;
const lastRetryMs = 5_000;
/** The runner leaves out what comes meanwhile, and then shows the map as it is. */
const maxUnsentBytes = 256 * 1024;
/** A runner that has not answered for as long hangs. */
const heartbeatMs = 2_000;

/** Passes a machine's map on to one browser, for as long as the machine lives and across restarts of the runner. */
export class MapLink {
  readonly #browser: Channel;
  readonly #connect: () => WebSocket;
  #runner: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #heartbeat = setInterval(() => this.#beat(), heartbeatMs);
  #answered = true;
  /** When the runner was last heard of. */
  #heardAt = Date.now();
  #retryMs = firstRetryMs;
  #isStale = false;

  constructor(browser: Channel, connect: () => WebSocket) {
    this.#browser = browser;
    this.#connect = connect;
    browser.on('drain', () => {
      if (this.#runner?.isPaused) this.#runner.resume();
    });
    this.#open();
  }

  /** Idempotent. */
  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#heartbeat);
    this.#runner?.removeAllListeners('close').terminate();
  }

  #open(): void {
    // It would be told a past each time.
    if (this.#browser.unsentBytes > maxUnsentBytes) {
      this.#retry();
      return;
    }
    const runner = this.#connect();
    this.#runner = runner;
    this.#answered = true;
    runner.on('message', (frame: Buffer) => {
      this.#retryMs = firstRetryMs;
      this.#isStale = false;
      this.#heard();
      this.#pass(frame, runner);
    });
    runner.on('pong', () => this.#heard());
    runner.on('error', () => undefined);
    runner.on('close', (code) => this.#lost(code));
  }

  #pass(frame: Buffer, runner: WebSocket): void {
    this.#browser.send(frame, false);
    if (this.#browser.unsentBytes > maxUnsentBytes) runner.pause();
  }

  #heard(): void {
    this.#answered = true;
    this.#heardAt = Date.now();
  }

  /** A process that hangs keeps its connections. */
  #beat(): void {
    const runner = this.#runner;
    if (runner === undefined || runner.readyState !== runner.OPEN) return;
    // What is held back cannot be heard.
    if (runner.isPaused) this.#answered = true;
    else if (this.#answered) {
      this.#answered = false;
      runner.ping();
    } else runner.terminate();
  }

  #lost(code: number): void {
    if (code === closeCodes.sandboxClosed) {
      this.#browser.close(code);
      return;
    }
    if (!this.#isStale) {
      const event: MapEvent = { type: 'stale', since: this.#heardAt };
      this.#browser.send(JSON.stringify(event), false);
    }
    this.#isStale = true;
    this.#retry();
  }

  #retry(): void {
    this.#timer = setTimeout(() => this.#open(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
  }
}
