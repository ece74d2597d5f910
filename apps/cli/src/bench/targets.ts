/** A figure of the sandbox bench and what it has to keep. */
export interface Target {
  name: string;
  op: '>=' | '<=' | '=';
  limit: number;
  unit: string;
}

/** A target with what was measured, over `n` observations. */
export interface Measured extends Target {
  measured: number;
  n: number;
}

export const targets = {
  sandboxes: { op: '>=', limit: 20, unit: 'count' },
  coldPromptP50Ms: { op: '<=', limit: 250, unit: 'ms' },
  warmPromptP50Ms: { op: '<=', limit: 60, unit: 'ms' },
  idleMiB: { op: '<=', limit: 12, unit: 'MiB' },
  closeP50Ms: { op: '<=', limit: 150, unit: 'ms' },
  leftovers: { op: '=', limit: 0, unit: 'count' },
  neighbourEchoP95Ratio: { op: '<=', limit: 3, unit: 'ratio' },
} as const satisfies Record<string, Omit<Target, 'name'>>;

/** Puts figures beside their targets. */
export function judge(
  figures: Record<keyof typeof targets, { measured: number; n: number }>,
): Measured[] {
  return Object.entries(targets).map(([name, target]) => {
    const { measured, n } = figures[name as keyof typeof targets];
    return { name, ...target, measured: Math.round(measured * 100) / 100, n };
  });
}

export function isMet({ op, limit, measured }: Measured): boolean {
  if (op === '=') return measured === limit;
  return op === '<=' ? measured <= limit : measured >= limit;
}

/** One line a target, for people. */
export const table = (all: Measured[]): string =>
  all
    .map((target) => {
      const { name, op, limit, unit, measured, n } = target;
      const verdict = isMet(target) ? 'met   ' : 'missed';
      return `${verdict}  ${name.padEnd(22)} ${String(measured).padStart(8)} ${unit.padEnd(5)}  target ${op} ${limit}, n ${n}\n`;
    })
    .join('');

/** The value below which the share `q` of the values lies, nearest rank. NaN for none. */
export function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
