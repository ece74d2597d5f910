import type { Metrics, MetricTable } from './metric-table.ts';
import { processMetrics } from './process-metrics.ts';

const own = processMetrics('runner');

/** What the runner counts. No label names a learner, a machine or a lesson: their number has no bound. */
export const runnerMetrics = {
  tatami_seats: { type: 'gauge', labels: [], help: 'Machines of learners that there may be.' },
  tatami_sandboxes: {
    type: 'gauge',
    labels: ['state'],
    help: 'Machines of learners: `creating`, `ready` or `closing`.',
  },
  tatami_sandboxes_closed_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'Machines that were closed: `idle`, `absolute`, `requested`, `crashed` or `shutdown`.',
  },
  tatami_pool_size: {
    type: 'gauge',
    labels: [],
    help: 'Sandboxes that are to be kept ready for the next learners.',
  },
  tatami_pool_ready: { type: 'gauge', labels: [], help: 'Sandboxes that are kept ready now.' },
  tatami_sandbox_creation_seconds: {
    type: 'histogram',
    labels: [],
    buckets: [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10],
    help: 'How long it took to make a sandbox, for the pool or for a learner.',
  },
  tatami_sandbox_creation_failures_total: {
    type: 'counter',
    labels: [],
    help: 'Sandboxes that could not be made; everything begun was removed.',
  },
  tatami_sandbox_wait_seconds: {
    type: 'histogram',
    labels: [],
    buckets: [0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    help: 'How long somebody waited for a machine: next to nothing where the pool had one.',
  },
  tatami_kernel_events_source: {
    type: 'gauge',
    labels: ['kind'],
    help: '1 for where kernel events come from: `bpf`, the fallback `connector`, or `none`.',
  },
  tatami_kernel_events_total: {
    type: 'counter',
    labels: [],
    help: 'Kernel events of sandboxes that were told to the runner.',
  },
  tatami_kernel_events_lost_total: {
    type: 'counter',
    labels: [],
    help: 'Kernel events that were lost or dropped, by a flood in a sandbox for the most part.',
  },
  tatami_looks_total: {
    type: 'counter',
    labels: ['result'],
    help: 'Looks at machines: `made`, `skipped` because nothing had run since the last, or `failed`.',
  },
  tatami_look_seconds: {
    type: 'histogram',
    labels: [],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
    help: 'How long a look took to read a machine.',
  },
  tatami_verdicts_total: {
    type: 'counter',
    labels: ['status'],
    help: 'Verdicts that were told because they changed: `passed`, `not-yet`, `failed` or `unavailable`.',
  },
  tatami_verdict_delay_seconds: {
    type: 'histogram',
    labels: ['status'],
    buckets: [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5],
    help: 'From the first kernel event that a look was taken for until its verdict was told; verdicts without an event are not in it.',
  },
  tatami_terminals: { type: 'gauge', labels: [], help: 'Shells that run in terminals.' },
  tatami_terminal_clients: {
    type: 'gauge',
    labels: ['role'],
    help: 'Who shows a terminal: its `owner`, or a `viewer`.',
  },
  tatami_terminal_output_bytes_total: {
    type: 'counter',
    labels: [],
    help: 'What terminals have printed.',
  },
  tatami_terminal_ring_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Output that is held for terminals to be shown again.',
  },
  tatami_terminal_unacknowledged_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Output that was sent to those who show terminals and that they have not acknowledged.',
  },
  tatami_recordings_bytes: { type: 'gauge', labels: [], help: 'Recordings on the disk.' },
  tatami_recordings_limit_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Recordings beyond this are deleted, the oldest first.',
  },
  tatami_runner_cpu_seconds_total: own.cpu,
  tatami_runner_memory_bytes: own.memory,
  tatami_runner_heap_bytes: own.heap,
  tatami_runner_open_fds: own.fds,
  tatami_runner_start_time_seconds: own.started,
  tatami_runner_event_loop_seconds_total: own.busy,
} as const satisfies MetricTable;

export type RunnerMetrics = Metrics<typeof runnerMetrics>;
