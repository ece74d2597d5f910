import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { metricsSection } from '../test/metrics-page.ts';
import { allMetrics, queriesOf, unknownIn } from '../test/queries.ts';
import { openMetrics, runnerMetrics, serverMetrics, setTotal } from './index.ts';

const file = (path: string) => new URL(`../../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(file(path), 'utf8');
const dashboard = () => JSON.parse(read('packaging/grafana/tatami.json'));
const unknownOf = (queries: { by: string; expr: string }[]) =>
  queries.flatMap(({ by, expr }) => unknownIn(expr).map((what) => `${by}: ${what}`));

test('names follow the conventions of Prometheus', () => {
  for (const [name, { type, labels, help, ...more }] of Object.entries(allMetrics)) {
    expect(name).toMatch(/^tatami_[a-z]+(_[a-z]+)*$/);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect([name, 'buckets' in more]).toEqual([name, type === 'histogram']);
    // Milliseconds and kilobytes are no base units.
    expect(name).not.toMatch(/_(ms|kb|mib|percent)(_|$)/);
    expect(help).toMatch(/^[0-9A-Z].*\.$/);
    // Their number would have no bound.
    for (const label of labels)
      expect(label).not.toMatch(/learner|sandbox|machine|lab|workshop|account|session|id/);
  }
  const shared = Object.keys(serverMetrics).filter((name) => name in runnerMetrics);
  expect(shared).toEqual([]);
});

test('what is made of a table is what it says, and a total follows who counts', async () => {
  const { metrics, text } = openMetrics({
    tatami_things_total: { type: 'counter', labels: [], help: 'Things.' },
    tatami_waits_seconds: { type: 'histogram', labels: ['of'], buckets: [1, 2], help: 'Waits.' },
  } as const);
  for (const total of [3, 5]) setTotal(metrics.tatami_things_total, total);
  metrics.tatami_waits_seconds.observe({ of: 'a' }, 1.5);
  const lines = (await text()).split('\n');
  expect(lines).toContain('tatami_things_total 5');
  expect(lines).toContain('tatami_waits_seconds_bucket{le="2",of="a"} 1');
  expect(lines).toContain('# TYPE tatami_waits_seconds histogram');
});

const begin = '<!-- metrics: from packages/telemetry -->';
const end = '<!-- /metrics -->';
/** Tables without their padding: the formatter aligns the columns. */
const bare = (text: string) => text.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---').trim();

test('docs/observability.md lists each metric with its type, labels and meaning', () => {
  const path = 'docs/observability.md';
  const [before = '', rest = ''] = read(path).split(begin);
  const [listed = '', after = ''] = rest.split(end);
  if (process.env.UPDATE_DOCS)
    writeFileSync(file(path), `${before}${begin}\n\n${metricsSection()}\n\n${end}${after}`);
  else expect(bare(listed)).toBe(bare(metricsSection()));
});

test('the dashboard asks only for what is exported', () => {
  expect(unknownOf(queriesOf(dashboard()))).toEqual([]);
});

test('of what is exported the dashboard shows all but a few details', () => {
  const asked = queriesOf(dashboard())
    .map(({ expr }) => expr)
    .join('\n');
  const unseen = Object.keys(allMetrics).filter((name) => !asked.includes(name));
  expect(unseen).toEqual([
    ...['tatami_data_size_bytes', 'tatami_server_heap_bytes', 'tatami_server_open_fds'],
    ...['tatami_server_start_time_seconds', 'tatami_look_seconds', 'tatami_runner_heap_bytes'],
    ...['tatami_runner_open_fds', 'tatami_runner_start_time_seconds'],
  ]);
});

test('the rules for alerts ask only for what is exported, and say what is wrong and what to do', () => {
  const [{ rules }] = parse(read('packaging/prometheus/alerts.yml')).groups;
  type Rule = { alert: string; expr: string; labels: object; annotations: object };
  expect(rules.length).toBeGreaterThan(5);
  expect(unknownOf(rules.map(({ alert, expr }: Rule) => ({ by: alert, expr })))).toEqual([]);
  for (const rule of rules as Rule[]) {
    expect(rule.labels).toEqual({ severity: expect.toBeOneOf(['critical', 'warning', 'info']) });
    expect(rule.annotations).toEqual({
      summary: expect.any(String),
      description: expect.any(String),
    });
  }
});

test.each([
  ['a name', 'sum(tatami_sandboxen)', 'tatami_sandboxen is not exported'],
  ['a histogram itself', 'rate(tatami_look_seconds[5m])', 'tatami_look_seconds is not exported'],
  ['a part of no histogram', 'tatami_seats_bucket', 'tatami_seats_bucket is not exported'],
  ['a label', 'tatami_sandboxes{learner="x"}', 'tatami_sandboxes has no label learner'],
  ['a group', 'sum by (lab) (tatami_sandboxes)', 'nothing asked for has the label lab'],
])('a panel that asks for %s that there is not is caught', (_, expr, caught) => {
  const planted = dashboard();
  planted.panels.push({ title: 'Planted', targets: [{ expr }] });
  expect(unknownOf(queriesOf(planted))).toEqual([`Planted: ${caught}`]);
});
