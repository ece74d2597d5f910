import { closeCodes, type MapEvent } from '@tatami/protocol';
import type { WebSocket } from 'ws';
import type { Channel } from '../streams/channel.ts';

const firstRetryMs = 250;
const lastRetryMs = 5_000;
/** The runner leaves out what comes meanwhile, and then shows the map as it is. */
const maxUnsentBytes = 256 * 1024;
/** The past of a machine takes at most a third (packages/checks, map/past.ts). */
const maxFrameBytes = 4 * 1024 * 1024;

/** Passes a machine's map on to one browser, for as long as the machine lives and across restarts of the runner. */
export class MapLink {
  readonly #browser: Channel;
  readonly #connect: () => WebSocket;
  #runner: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
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
    this.#runner?.removeAllListeners('close').terminate();
  }

  #open(): void {
    const runner = this.#connect();
    this.#runner = runner;
    runner.on('message', (frame: Buffer) => {
      if (frame.length > maxFrameBytes) return runner.terminate();
      this.#retryMs = firstRetryMs;
      this.#isStale = false;
      this.#pass(frame, runner);
    });
    runner.on('error', () => undefined);
    runner.on('close', (code) => this.#lost(code));
  }

  #pass(frame: Buffer, runner: WebSocket): void {
    this.#browser.send(frame, false);
    if (this.#browser.unsentBytes > maxUnsentBytes) runner.pause();
  }

  #lost(code: number): void {
    if (code === closeCodes.sandboxClosed) {
      this.#browser.close(code);
      return;
    }
    if (!this.#isStale) {
      const event: MapEvent = { type: 'stale', since: Date.now() };
      this.#browser.send(JSON.stringify(event), false);
    }
    this.#isStale = true;
    this.#timer = setTimeout(() => this.#open(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
  }
}
