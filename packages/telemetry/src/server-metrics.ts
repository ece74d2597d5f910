import type { Metrics, MetricTable } from './metric-table.ts';
import { processMetrics } from './process-metrics.ts';

const own = processMetrics('server');

/** What the server counts. No label names a learner, a workshop or a lesson: their number has no bound. */
export const serverMetrics = {
  tatami_build_info: { type: 'gauge', labels: ['version'], help: '1 for the version that runs.' },
  tatami_ready: {
    type: 'gauge',
    labels: ['part'],
    help: '1 for each part that `/readyz` finds in order: `database`, `data-folder` and `runner`.',
  },
  tatami_http_requests_total: {
    type: 'counter',
    labels: ['method', 'route', 'status'],
    help: 'Requests that ended, by the pattern of their route; `status` is a class such as `2xx`, or `aborted`.',
  },
  tatami_http_request_duration_seconds: {
    type: 'histogram',
    labels: ['method', 'route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    help: 'How long requests took; without streams, tunnels and what was aborted.',
  },
  tatami_streams: {
    type: 'gauge',
    labels: ['route', 'over'],
    help: 'Streams that are open: over a `websocket`, through a `tunnel` of HTTP requests, or over a WebSocket that the `runner` itself answers.',
  },
  tatami_learners: { type: 'gauge', labels: [], help: 'Learners whose sessions are kept.' },
  tatami_staff_sessions: {
    type: 'gauge',
    labels: [],
    help: 'Browsers that staff are signed in at.',
  },
  tatami_machine_links: {
    type: 'gauge',
    labels: ['state'],
    help: 'Machines that the server follows: `up`, or `lost` while the runner does not answer.',
  },
  tatami_workshops: {
    type: 'gauge',
    labels: ['state'],
    help: 'Workshops: `draft` before they begin, `open`, or `ended`.',
  },
  tatami_workshop_seats: {
    type: 'gauge',
    labels: [],
    help: 'Learners who have come to workshops that are open.',
  },
  tatami_lti_scores: {
    type: 'gauge',
    labels: ['state'],
    help: 'Grades for learning platforms that are not there yet: `waiting`, or `refused` and given up.',
  },
  tatami_data_size_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Size of the disk of the data folder.',
  },
  tatami_data_available_bytes: {
    type: 'gauge',
    labels: [],
    help: 'What is free there for the server.',
  },
  tatami_server_cpu_seconds_total: own.cpu,
  tatami_server_memory_bytes: own.memory,
  tatami_server_heap_bytes: own.heap,
  tatami_server_open_fds: own.fds,
  tatami_server_start_time_seconds: own.started,
  tatami_server_event_loop_seconds_total: own.busy,
} as const satisfies MetricTable;

export type ServerMetrics = Metrics<typeof serverMetrics>;
