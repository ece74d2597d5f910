import { type MetricTable, runnerMetrics, serverMetrics } from '../src/index.ts';

/** The tables of docs/observability.md as they must be. */
export const metricsSection = (): string =>
  `### The server's\n\n${tableOf(serverMetrics)}\n\n### The runner's\n\n${tableOf(runnerMetrics)}`;

function tableOf(table: MetricTable): string {
  const rows = Object.entries(table).map(([name, { type, labels, help }]) => {
    const named = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${named} | ${help} |`;
  });
  return ['| Name | Type | Labels | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
