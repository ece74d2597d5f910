import { type CheckVerdict, type CloseReason, closeCodes, RunnerEvent } from '@tatami/protocol';
import type { WebSocket } from 'ws';
import type { RunnerClient } from '../runner/runner-client.ts';

const firstRetryMs = 250;
const lastRetryMs = 5_000;

type StateEvent = Extract<RunnerEvent, { type: 'state' }>;

/** What a machine's link tells its owner. */
export interface MachineLinkListener {
  /** Events other than passed verdicts, in order. */
  onEvent(event: Exclude<RunnerEvent, { type: 'closed' | 'state' }>): void;
  /** The runner answers: everything as it stands now. */
  onState(event: StateEvent): void;
  /** A check passed; the link stops and starts again until this has resolved once. */
  savePassed(verdict: CheckVerdict): Promise<void>;
  /** The machine is gone for good; nothing follows once this has resolved. */
  onGone(reason: CloseReason): Promise<void>;
  /** The runner does not answer; the link keeps trying. */
  onLost(): void;
  warn(message: string, error: unknown): void;
}

/**
 * Follows one machine's events for as long as it lives, across restarts of the runner. A passed check
 * that cannot be saved breaks the link, and the next one brings it again: nothing is lost.
 */
export class MachineLink {
  readonly #runner: RunnerClient;
  readonly #sandboxId: string;
  readonly #listener: MachineLinkListener;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = firstRetryMs;
  #over = false;
  #inOrder: Promise<void> = Promise.resolve();

  constructor(runner: RunnerClient, sandboxId: string, listener: MachineLinkListener) {
    this.#runner = runner;
    this.#sandboxId = sandboxId;
    this.#listener = listener;
    this.#open();
  }

  /** Resolves when what the runner has told until now is saved and told. */
  settled(): Promise<void> {
    return this.#inOrder;
  }

  /** Idempotent; nothing is told after it. */
  close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  #open(): void {
    const socket = this.#runner.events(this.#sandboxId);
    this.#socket = socket;
    socket.on('message', (data) => {
      this.#inOrder = this.#inOrder
        .then(async () => {
          if (this.#over || socket !== this.#socket) return;
          await this.#take(RunnerEvent.parse(JSON.parse(String(data))));
        })
        .catch((error: unknown) => {
          this.#listener.warn('an event of a machine could not be saved', error);
          socket.terminate();
        });
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      this.#inOrder = this.#inOrder
        .then(() => this.#ended(code))
        .catch((error: unknown) => {
          this.#listener.warn('the end of a machine could not be saved', error);
          this.#retry();
        });
    });
  }

  async #take(event: RunnerEvent): Promise<void> {
    if (event.type === 'closed') return this.#gone(event.reason);
    if (event.type === 'state') {
      for (const verdict of event.verdicts) await this.#save(verdict);
      this.#retryMs = firstRetryMs;
      return this.#listener.onState(event);
    }
    if (event.type === 'verdict') await this.#save(event.verdict);
    this.#listener.onEvent(event);
  }

  async #save(verdict: CheckVerdict): Promise<void> {
    if (verdict.verdict.status === 'passed') await this.#listener.savePassed(verdict);
  }

  async #gone(reason: CloseReason): Promise<void> {
    await this.#listener.onGone(reason);
    this.close();
  }

  async #ended(code: number): Promise<void> {
    if (this.#over) return;
    // The runner answers and knows no such machine: it was restarted, or closed it while we were away.
    if (code === closeCodes.sandboxClosed) return this.#gone('shutdown');
    this.#listener.onLost();
    this.#retry();
  }

  #retry(): void {
    if (this.#over) return;
    this.#timer = setTimeout(() => this.#open(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
  }
}
