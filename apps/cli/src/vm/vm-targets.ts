import type { Rule } from '../bench/targets.ts';

/** Of issue 8's virtual machine. */
export const vmTargets = {
  vmBootToPromptS: { op: '<=', limit: 180, unit: 's' },
  cgroupV2: { op: '=', limit: 1, unit: '' },
  kernelTestsFailed: { op: '=', limit: 0, unit: '' },
} satisfies Record<string, Rule>;
