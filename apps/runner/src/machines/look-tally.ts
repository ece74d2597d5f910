import type { Verdict } from '@tatami/protocol';
import type { RunnerMetrics } from '@tatami/telemetry';

/** Counts one machine's looks, and times the verdicts that they bring. */
export class LookTally {
  readonly #metrics: RunnerMetrics;
  /** When the first thing happened since the last look began that may change a verdict, ms since the epoch. */
  #eventAt: number | undefined;

  constructor(metrics: RunnerMetrics) {
    this.#metrics = metrics;
  }

  /** An event that may change a verdict. */
  happened(at: number): void {
    this.#eventAt ??= at;
  }

  /** What happened so far has nothing to do with the step that is open now. */
  forget(): void {
    this.#eventAt = undefined;
  }

  skipped(): void {
    this.#metrics.tatami_looks_total.inc({ result: 'skipped' });
  }

  /** A look begins; it is to say when the machine was read, and what was told because of it. */
  begin() {
    const metrics = this.#metrics;
    const beganMs = performance.now();
    const eventAt = this.#eventAt;
    this.#eventAt = undefined;
    return {
      read(result: 'made' | 'failed'): void {
        metrics.tatami_looks_total.inc({ result });
        metrics.tatami_look_seconds.observe((performance.now() - beganMs) / 1000);
      },
      told({ status }: Verdict): void {
        metrics.tatami_verdicts_total.inc({ status });
        if (eventAt === undefined) return;
        // The kernel's clock and ours may be a moment apart.
        const delayMs = Math.max(0, Date.now() - eventAt);
        metrics.tatami_verdict_delay_seconds.observe({ status }, delayMs / 1000);
      },
    };
  }
}
