import { notReached } from './outcome.ts';
import type { Failed, Share, StepSummary } from './summary.ts';

/** What a run showed, for people: a line for each step, then every failure. */
export function lessonTable(lab: string, summaries: StepSummary[]): string {
  const languages = [...new Set(summaries.flatMap(({ blocks }) => [...blocks.keys()]))];
  const head = [lab, ...languages.map((lang) => `blocks ${lang}`)];
  const rows = summaries.map((one) => [
    one.step,
    ...languages.map((lang) => part(one.blocks.get(lang))),
    part(one.checks),
    part(one.mistakes),
    part(one.cheats),
    String(one.failures.length),
    one.seconds.toFixed(0),
  ]);
  const lines = aligned([[...head, 'checks', 'mistakes', 'cheats', 'failures', 's'], ...rows]);
  const told = failuresOf(summaries);
  const rest = summaries.flatMap((one) => one.failures).length - told.length;
  return [
    ...[...lines, '', ...told.map((failure) => `${failure}\n`)],
    ...(rest > 0 ? [`${rest} more were not reached for these.`, ''] : []),
  ].join('\n');
}

/** A line for each failure that is not owed to one before it. */
export const failuresOf = (summaries: StepSummary[]): string[] =>
  summaries
    .flatMap(({ failures }) => failures.filter(({ why }) => why !== notReached))
    .map(failureText);

const failureText = ({ place, what, why }: Failed): string =>
  `${place === undefined ? '' : `${place}: `}${what}: ${why}`;

const part = (share: Share | undefined): string => (share ? `${share.good}/${share.of}` : '-');

function aligned(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[0] ?? 0),
      )
      .join('  '),
  );
}
