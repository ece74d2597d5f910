import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A metric as docs/observability.md describes it, named by https://prometheus.io/docs/practices/naming. */
export interface MetricDefinition {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Upper bounds of a histogram. */
  buckets?: readonly number[];
}

export type MetricTable = Readonly<Record<`tatami_${string}`, MetricDefinition>>;

type LabelOf<D extends MetricDefinition> = D['labels'][number];
type MetricOf<D extends MetricDefinition> = D['type'] extends 'counter'
  ? Counter<LabelOf<D>>
  : D['type'] extends 'gauge'
    ? Gauge<LabelOf<D>>
    : Histogram<LabelOf<D>>;

/** The metrics of a table, by name. */
export type Metrics<T extends MetricTable> = {
  readonly [Name in keyof T]: T[Name] extends MetricDefinition ? MetricOf<T[Name]> : never;
};

/** Media type of {@link openMetrics}'s `text`. */
export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE;

/** Makes the metrics of a table, and of no other: what is exported is what is documented. */
export function openMetrics<T extends MetricTable>(
  table: T,
): { metrics: Metrics<T>; text: () => Promise<string> } {
  const registry = new Registry();
  const metrics = Object.fromEntries(
    Object.entries<MetricDefinition>(table).map(([name, definition]) => [
      name,
      made(name, definition, registry),
    ]),
  );
  return { metrics: metrics as Metrics<T>, text: () => registry.metrics() };
}

function made(name: string, { type, help, labels, buckets }: MetricDefinition, registry: Registry) {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  if (type === 'counter') return new Counter(options);
  if (type === 'gauge') return new Gauge(options);
  return new Histogram({ ...options, buckets: [...(buckets ?? [])] });
}

/** Has a counter say what somebody else has counted. */
export function setTotal(counter: Counter<never>, total: number): void {
  counter.reset();
  counter.inc(total);
}
