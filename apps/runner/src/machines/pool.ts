import { createSandbox, type Sandbox, type SandboxHost } from '@tatami/sandbox';
import type { RunnerMetrics } from '@tatami/telemetry';
import { settleAll } from './settle-all.ts';

const retryMs = 5_000;

/** Sandboxes made ahead of time, so that a learner does not wait. */
export class Pool {
  readonly #host: SandboxHost;
  readonly #size: number;
  readonly #metrics: RunnerMetrics;
  readonly #warn: (message: string, error: unknown) => void;
  readonly #ready: Sandbox[] = [];
  #filling: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    host: SandboxHost,
    size: number,
    { metrics, warn }: { metrics: RunnerMetrics; warn: (message: string, error: unknown) => void },
  ) {
    this.#host = host;
    this.#size = size;
    this.#metrics = metrics;
    this.#warn = warn;
    metrics.tatami_pool_size.set(size);
  }

  get warm(): number {
    return this.#ready.length;
  }

  /** A ready sandbox if there is one, else a new one. @throws as createSandbox does. */
  async take(): Promise<Sandbox> {
    const ready = this.#ready.shift();
    this.fill();
    if (!ready) return this.#create();
    if (ready.isAlive) return ready;
    ready
      .close()
      .catch((error) => this.#warn('a sandbox that had ended could not be closed', error));
    return this.take();
  }

  /** Makes what is missing, one after another. */
  fill(): void {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
  }

  /** Removes the sandboxes that nobody took. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#filling;
    const closing = this.#ready.splice(0).map((sandbox) => sandbox.close());
    await settleAll(closing, 'sandboxes of the pool could not be closed');
  }

  async #create(): Promise<Sandbox> {
    const beganMs = performance.now();
    try {
      const sandbox = await createSandbox(this.#host);
      const seconds = (performance.now() - beganMs) / 1000;
      this.#metrics.tatami_sandbox_creation_seconds.observe(seconds);
      return sandbox;
    } catch (error) {
      this.#metrics.tatami_sandbox_creation_failures_total.inc();
      throw error;
    }
  }

  async #fill(): Promise<void> {
    while (!this.#closed && this.#ready.length < this.#size && this.#host.ranges.free > 0) {
      try {
        this.#ready.push(await this.#create());
      } catch (error) {
        this.#warn('the warm pool could not be filled', error);
        clearTimeout(this.#retry);
        this.#retry = setTimeout(() => this.fill(), retryMs);
        return;
      }
    }
  }
}
