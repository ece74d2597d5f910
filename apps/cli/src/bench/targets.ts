import { UserError } from '../user-error.ts';

/** What a figure of a bench has to keep. */
export interface Rule {
  op: '>=' | '<=' | '=';
  limit: number;
  unit: string;
}

/** @throws UserError for a name that is no target. */
export function chooseTargets<Name extends string>(
  targets: Record<Name, Rule>,
  only: string | undefined,
): Name[] {
  const all = Object.keys(targets) as Name[];
  if (only === undefined) return all;
  const names = only.split(',');
  const unknown = names.find((name) => !(all as string[]).includes(name));
  if (unknown !== undefined)
    throw new UserError(`there is no target "${unknown}"; choose of ${all.join(', ')}.`);
  return all.filter((name) => names.includes(name));
}

/** What was measured, over `n` observations. */
export interface Figure {
  measured: number;
  n: number;
}

/** A target by name with its figure, as `--json` prints it. */
export interface Measured extends Rule, Figure {
  name: string;
}

/** Puts figures beside their targets, in the targets' order. */
export const judge = <Name extends string>(
  targets: Record<Name, Rule>,
  figures: Record<Name, Figure>,
): Measured[] =>
  (Object.entries(targets) as [Name, Rule][]).map(([name, rule]) => {
    const { measured, n } = figures[name];
    return { name, ...rule, measured: Math.round(measured * 10_000) / 10_000, n };
  });

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
      return `${verdict}  ${name.padEnd(22)} ${String(measured).padStart(8)} ${unit.padEnd(7)}  target ${op} ${limit}, n ${n}\n`;
    })
    .join('');

/**
 * Prints the outcome of a bench, as one JSON object with `more` beside its targets, or as a table.
 * @returns the exit code: 0 when every target is met, else 1.
 */
export function report(
  measured: Measured[],
  { json, more = {} }: { json: boolean; more?: Record<string, unknown> },
): number {
  process.stdout.write(
    json ? `${JSON.stringify({ targets: measured, ...more })}\n` : table(measured),
  );
  return measured.every(isMet) ? 0 : 1;
}

/** The value below which the share `q` of the values lies, nearest rank. NaN for none. */
export function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** Progress, for people: a bench prints its figures and nothing else on the standard output. */
export const say = (what: string): void => {
  process.stderr.write(`${what}\n`);
};
