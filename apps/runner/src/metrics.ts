import { CloseReason } from '@tatami/protocol';
import { fillProcess, openMetrics, runnerMetrics, setTotal } from '@tatami/telemetry';
import type { CountedEvents } from './machines/counted-events.ts';
import type { Machines } from './machines/machines.ts';
import type { Recordings } from './terminals/recordings.ts';

/** Where what is not counted as it happens is looked up when somebody asks. */
interface Sources {
  machines: Machines;
  events: CountedEvents;
  recordings: Recordings;
}

/** The runner's metrics; `text` says how things stand now. */
export function openRunnerMetrics() {
  const { metrics, text } = openMetrics(runnerMetrics);
  // A rate needs a value to begin with.
  for (const reason of CloseReason.options)
    metrics.tatami_sandboxes_closed_total.inc({ reason }, 0);
  for (const result of ['made', 'skipped', 'failed']) metrics.tatami_looks_total.inc({ result }, 0);
  for (const status of ['passed', 'not-yet', 'failed', 'unavailable']) {
    metrics.tatami_verdicts_total.inc({ status }, 0);
    metrics.tatami_verdict_delay_seconds.zero({ status });
  }

  const fillMachines = ({ all, seats, creating, outputBytes }: Machines): void => {
    const closing = all.filter(({ state }) => state === 'closing').length;
    metrics.tatami_seats.set(seats.total);
    metrics.tatami_sandboxes.set({ state: 'creating' }, creating);
    metrics.tatami_sandboxes.set({ state: 'ready' }, all.length - closing);
    metrics.tatami_sandboxes.set({ state: 'closing' }, closing);
    metrics.tatami_pool_ready.set(seats.warm);
    setTotal(metrics.tatami_terminal_output_bytes_total, outputBytes);
  };

  const fillTerminals = ({ all }: Machines): void => {
    const terminals = all.flatMap((machine) => machine.terminals);
    const loads = terminals.map(({ load }) => load);
    const sum = (of: (load: (typeof loads)[number]) => number) =>
      loads.reduce((total, load) => total + of(load), 0);
    metrics.tatami_terminals.set(terminals.filter(({ alive }) => alive).length);
    metrics.tatami_terminal_clients.set(
      { role: 'owner' },
      sum(({ owners }) => owners),
    );
    metrics.tatami_terminal_clients.set(
      { role: 'viewer' },
      sum(({ viewers }) => viewers),
    );
    metrics.tatami_terminal_ring_bytes.set(sum(({ ringBytes }) => ringBytes));
    metrics.tatami_terminal_unacknowledged_bytes.set(
      sum(({ unacknowledgedBytes }) => unacknowledgedBytes),
    );
  };

  const fillEvents = ({ kind: current, health }: CountedEvents): void => {
    for (const kind of ['bpf', 'connector', 'none'])
      metrics.tatami_kernel_events_source.set({ kind }, kind === current ? 1 : 0);
    setTotal(metrics.tatami_kernel_events_total, health.records);
    setTotal(metrics.tatami_kernel_events_lost_total, health.lost);
  };

  return {
    metrics,
    text({ machines, events, recordings }: Sources): Promise<string> {
      fillMachines(machines);
      fillTerminals(machines);
      fillEvents(events);
      metrics.tatami_recordings_bytes.set(recordings.bytes);
      metrics.tatami_recordings_limit_bytes.set(recordings.maxBytes);
      fillProcess({
        cpu: metrics.tatami_runner_cpu_seconds_total,
        memory: metrics.tatami_runner_memory_bytes,
        heap: metrics.tatami_runner_heap_bytes,
        fds: metrics.tatami_runner_open_fds,
        started: metrics.tatami_runner_start_time_seconds,
        busy: metrics.tatami_runner_event_loop_seconds_total,
      });
      return text();
    },
  };
}
