import type { Figure, Rule } from '../targets.ts';

/** What `bench map` holds the namespace map to; docs/benches.md says how each is measured. */
export const mapTargets = {
  updateP95Ms: { op: '<=', limit: 500, unit: 'ms' },
  frameP95Ms200: { op: '<=', limit: 33, unit: 'ms' },
  mapCpuCoresIdle: { op: '<=', limit: 0.02, unit: 'cores' },
  mapCpuCores200: { op: '<=', limit: 0.25, unit: 'cores' },
  situations: { op: '>=', limit: 10, unit: 'count' },
  mapTableMismatches: { op: '=', limit: 0, unit: 'count' },
  axeViolations: { op: '=', limit: 0, unit: 'count' },
} as const satisfies Record<string, Rule>;

export type MapTarget = keyof typeof mapTargets;
export type MapFigures = Partial<Record<MapTarget, Figure>>;
