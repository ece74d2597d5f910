import { readdirSync } from 'node:fs';
import type { Counter, Gauge } from 'prom-client';
import { setTotal } from './metric-table.ts';

/** What both services say of their own process. */
export const processMetrics = (service: string) =>
  ({
    cpu: {
      type: 'counter',
      labels: [],
      help: `Processor time of the ${service}, user and system.`,
    },
    memory: { type: 'gauge', labels: [], help: `Resident memory of the ${service}.` },
    heap: { type: 'gauge', labels: [], help: `JavaScript heap of the ${service} in use.` },
    fds: { type: 'gauge', labels: [], help: `File descriptors that the ${service} has open.` },
    started: { type: 'gauge', labels: [], help: `When the ${service} began, since the epoch.` },
    busy: {
      type: 'counter',
      labels: [],
      help: `Time that the ${service}'s event loop was at work: a rate near 1 means that all else waits.`,
    },
  }) as const;

interface ProcessMetrics {
  cpu: Counter<never>;
  memory: Gauge<never>;
  heap: Gauge<never>;
  fds: Gauge<never>;
  started: Gauge<never>;
  busy: Counter<never>;
}

/**
 * Reads this process. prom-client's own defaults keep a timer of ten milliseconds and an observer of the garbage collector,
 * which an idle host would pay for.
 */
export function fillProcess({ cpu, memory, heap, fds, started, busy }: ProcessMetrics): void {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  setTotal(cpu, (user + system) / 1e6);
  memory.set(rss);
  heap.set(heapUsed);
  fds.set(readdirSync('/proc/self/fd').length);
  started.set(performance.timeOrigin / 1000);
  setTotal(busy, performance.eventLoopUtilization().active / 1000);
}
