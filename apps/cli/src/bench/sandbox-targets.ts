import type { Rule } from './targets.ts';

/** What `sandbox bench` holds sandboxes to. */
export const sandboxTargets = {
  sandboxes: { op: '>=', limit: 20, unit: 'count' },
  coldPromptP50Ms: { op: '<=', limit: 250, unit: 'ms' },
  warmPromptP50Ms: { op: '<=', limit: 60, unit: 'ms' },
  idleMiB: { op: '<=', limit: 12, unit: 'MiB' },
  closeP50Ms: { op: '<=', limit: 150, unit: 'ms' },
  leftovers: { op: '=', limit: 0, unit: 'count' },
  neighbourEchoP95Ratio: { op: '<=', limit: 3, unit: 'ratio' },
} as const satisfies Record<string, Rule>;
