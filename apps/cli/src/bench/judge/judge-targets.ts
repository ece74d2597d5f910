import type { Figure, Rule } from '../targets.ts';

/** What `bench judge` holds the judge to; docs/benches.md says how each is measured. */
export const judgeTargets = {
  tickP95Ms1: { op: '<=', limit: 300, unit: 'ms' },
  tickP95Ms100: { op: '<=', limit: 500, unit: 'ms' },
  recordsPerSecond: { op: '>=', limit: 2400, unit: 'count/s' },
  lost: { op: '=', limit: 0, unit: 'count' },
  forged: { op: '=', limit: 0, unit: 'count' },
  observerCpuCores: { op: '<=', limit: 0.35, unit: 'cores' },
  observerMiB: { op: '<=', limit: 160, unit: 'MiB' },
  witnessMismatches: { op: '=', limit: 0, unit: 'count' },
  specificReasonRatio: { op: '>=', limit: 0.95, unit: 'ratio' },
  faultVariants: { op: '>=', limit: 8, unit: 'count' },
} as const satisfies Record<string, Rule>;

export type JudgeTarget = keyof typeof judgeTargets;
export type JudgeFigures = Partial<Record<JudgeTarget, Figure>>;
