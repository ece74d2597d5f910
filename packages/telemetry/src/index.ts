export { describeError } from './described-error.ts';
export { logOptions } from './log-options.ts';
export {
  type Metrics,
  type MetricTable,
  metricsType,
  openMetrics,
  setTotal,
} from './metric-table.ts';
export { fillProcess } from './process-metrics.ts';
export { type EndedRequest, watchRequests } from './requests.ts';
export { type RunnerMetrics, runnerMetrics } from './runner-metrics.ts';
export { type ServerMetrics, serverMetrics } from './server-metrics.ts';
