import { statfs } from 'node:fs/promises';
import {
  type EndedRequest,
  fillProcess,
  openMetrics,
  type ServerMetrics,
  serverMetrics,
} from '@tatami/telemetry';
import type { Attempts } from '../attempts/attempts.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import type { Store } from '../store/database.ts';
import type { LearnerStreams } from '../streams/learner-streams.ts';
import { count } from './counts.ts';
import type { Readiness } from './readiness.ts';

/** Prometheus gives up after ten seconds. */
const runnerTimeoutMs = 5_000;
const standingParts = ['database', 'data-folder', 'runner'] as const;

/** Where what is not counted as it happens is looked up when somebody asks. */
export interface MetricSources {
  store: Store;
  dataDir: string;
  readiness: Readiness;
  runner: RunnerClient;
  attempts: Attempts;
  streams: LearnerStreams;
}

/** The server's metrics, and the runner's behind them. */
export class MetricsPage {
  readonly #metrics: ServerMetrics;
  readonly #ownText: () => Promise<string>;

  constructor(version: string) {
    const { metrics, text } = openMetrics(serverMetrics);
    this.#metrics = metrics;
    this.#ownText = text;
    metrics.tatami_build_info.set({ version }, 1);
  }

  /** A request has ended. */
  note({ method, route, status, aborted, durationMs }: EndedRequest, isTimed: boolean): void {
    const metrics = this.#metrics;
    const group = aborted ? 'aborted' : `${Math.floor(status / 100)}xx`;
    metrics.tatami_http_requests_total.inc({ method, route, status: group });
    if (isTimed && !aborted && status !== 101)
      metrics.tatami_http_request_duration_seconds.observe({ method, route }, durationMs / 1000);
  }

  /**
   * How things stand now, in Prometheus' text format. What cannot be asked is as it was, the runner's part left out; which
   * part fails is in `tatami_ready`.
   */
  async text(sources: MetricSources): Promise<string> {
    const failing = await sources.readiness.failing();
    for (const part of standingParts)
      this.#metrics.tatami_ready.set({ part }, failing.includes(part) ? 0 : 1);
    this.#fillLive(sources);
    // Between two looks of readiness either may fail; the next one says so.
    await this.#fillCounts(sources.store).catch(() => undefined);
    await this.#fillDisk(sources.dataDir).catch(() => undefined);
    // Its names are others than ours, so that one page may follow the other.
    const ofRunner = failing.includes('runner')
      ? ''
      : await sources.runner.metrics(runnerTimeoutMs).catch(() => '');
    return `${await this.#ownText()}\n${ofRunner}`;
  }

  #fillLive({ attempts, streams }: MetricSources): void {
    const metrics = this.#metrics;
    const { up, lost } = attempts.links;
    metrics.tatami_machine_links.set({ state: 'up' }, up);
    metrics.tatami_machine_links.set({ state: 'lost' }, lost);
    metrics.tatami_streams.reset();
    for (const { route, over, open } of streams.counts.all)
      metrics.tatami_streams.set({ route, over }, open);
    fillProcess({
      cpu: metrics.tatami_server_cpu_seconds_total,
      memory: metrics.tatami_server_memory_bytes,
      heap: metrics.tatami_server_heap_bytes,
      fds: metrics.tatami_server_open_fds,
      started: metrics.tatami_server_start_time_seconds,
      busy: metrics.tatami_server_event_loop_seconds_total,
    });
  }

  async #fillCounts(store: Store): Promise<void> {
    const metrics = this.#metrics;
    const { learners, staffSessions, workshops, seats, scores } = await count(store);
    metrics.tatami_learners.set(learners);
    metrics.tatami_staff_sessions.set(staffSessions);
    for (const [state, n] of Object.entries(workshops)) metrics.tatami_workshops.set({ state }, n);
    metrics.tatami_workshop_seats.set(seats);
    for (const [state, n] of Object.entries(scores)) metrics.tatami_lti_scores.set({ state }, n);
  }

  async #fillDisk(dataDir: string): Promise<void> {
    const { blocks, bavail, bsize } = await statfs(dataDir);
    this.#metrics.tatami_data_size_bytes.set(blocks * bsize);
    this.#metrics.tatami_data_available_bytes.set(bavail * bsize);
  }
}
