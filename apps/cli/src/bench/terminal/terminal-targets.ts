import type { Figure, Rule } from '../targets.ts';

/** What `bench terminal` holds the terminal to; docs/benches.md says how each is measured. */
export const terminalTargets = {
  echoPacedVsBare: { op: '<=', limit: 1.25, unit: 'ratio' },
  echoPacedVsRelay: { op: '<=', limit: 2.2, unit: 'ratio' },
  echoUnpacedVsBare: { op: '<=', limit: 1.6, unit: 'ratio' },
  bulkVsBare: { op: '>=', limit: 0.8, unit: 'ratio' },
  bytesLost: { op: '=', limit: 0, unit: 'bytes' },
  cpuMsPerMBVsBare: { op: '<=', limit: 1.5, unit: 'ratio' },
  ctrlCSlowRendererMs: { op: '<=', limit: 250, unit: 'ms' },
  ctrlCSlowNetworkMs: { op: '<=', limit: 250, unit: 'ms' },
  slowClientGrowthMiB: { op: '<=', limit: 10, unit: 'MiB' },
  sessionMiB200: { op: '<=', limit: 1.5, unit: 'MiB' },
  cpu50x1lineCores: { op: '<=', limit: 0.02, unit: 'cores' },
  reconnectVsFirstPrompt: { op: '<=', limit: 2, unit: 'ratio' },
} as const satisfies Record<string, Rule>;

export type TerminalTarget = keyof typeof terminalTargets;
export type TerminalFigures = Partial<Record<TerminalTarget, Figure>>;
