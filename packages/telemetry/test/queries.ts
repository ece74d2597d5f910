import { type MetricTable, runnerMetrics, serverMetrics } from '../src/index.ts';

/** All that `/metrics` of the server exports. */
export const allMetrics: MetricTable = { ...serverMetrics, ...runnerMetrics };

/** Labels that Prometheus adds, and histograms. */
const everywhere = ['job', 'instance', 'le'];

/** What a PromQL expression asks for that is not exported, a sentence each. */
export function unknownIn(expression: string): string[] {
  // Whatever is quoted names nothing.
  const bare = expression.replaceAll(/"[^"]*"/g, '""');
  const asked = [...bare.matchAll(/\b(tatami_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', matchers]) => ({
      ...{
        name,
        matched: [...(matchers ?? '').matchAll(/(\w+)\s*[=!]/g)].map(([, label]) => label),
      },
    }),
  );
  const wrong = asked.flatMap(({ name, matched }) => {
    const labels = labelsOf(name);
    if (!labels) return [`${name} is not exported`];
    return matched
      .filter((label = '') => ![...labels, ...everywhere].includes(label))
      .map((label) => `${name} has no label ${label}`);
  });
  const known = new Set([...everywhere, ...asked.flatMap(({ name }) => labelsOf(name) ?? [])]);
  const grouped = [...bare.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)]
    .flatMap(([, list = '']) => list.split(','))
    .map((label) => label.trim())
    .filter((label) => !known.has(label))
    .map((label) => `nothing asked for has the label ${label}`);
  return [...wrong, ...grouped];
}

/** Labels of a metric or of a histogram's series; undefined when there is none of this name. */
function labelsOf(name: string): readonly string[] | undefined {
  const own = allMetrics[name as keyof MetricTable];
  if (own) return own.type === 'histogram' ? undefined : own.labels;
  const base = allMetrics[name.replace(/_(bucket|sum|count)$/, '') as keyof MetricTable];
  return base?.type === 'histogram' ? base.labels : undefined;
}

interface Dashboard {
  panels: { title: string; targets?: { expr: string }[] }[];
  templating: { list: { name: string; definition?: string }[] };
}

/** Every query of a Grafana dashboard with what asks it. */
export function queriesOf({ panels, templating }: Dashboard): { by: string; expr: string }[] {
  return [
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ by: title, expr })),
    ),
    ...templating.list.flatMap(({ name, definition }) =>
      definition ? [{ by: `$${name}`, expr: definition }] : [],
    ),
  ];
}
