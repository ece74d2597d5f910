import type { Rule } from '../bench/targets.ts';

/** What `test --containers` holds the composed services to. */
export const containerTargets = {
  composeUpToPromptS: { op: '<=', limit: 60, unit: 's' },
  journeyPassed: { op: '=', limit: 1, unit: 'bool' },
  serverCapabilities: { op: '=', limit: 0, unit: 'count' },
} as const satisfies Record<string, Rule>;
