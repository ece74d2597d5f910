import type { Drawn, LabStep } from '@tatami/lab-format/loader';
import type { Cause, Debrief, Evidence, LearnerPath } from '@tatami/protocol';

/** As many as the runner keeps: a debrief is to be read. */
const mostLines = 500;

/** The check that names the cause, if the step has one. */
export function causeCheck({ checks }: Drawn): { id: string; cause: Cause } | null {
  for (const { id, answer } of checks) if (answer?.cause) return { id, cause: answer.cause };
  return null;
}

/**
 * Two parts of one way, of which no more is kept than of one. The second may begin with lines of the first: a step
 * that could not be opened has left the last one as it was.
 */
export function joined(first: LearnerPath, second: LearnerPath): LearnerPath {
  const end = first.lines.at(-1)?.at ?? '';
  const lines = [...first.lines, ...second.lines.filter(({ at }) => at > end)];
  const kept = lines.slice(-mostLines);
  return { lines: kept, omitted: first.omitted + second.omitted + lines.length - kept.length };
}

/** A drill looked back on, from its clock to the moment in which its cause was named. */
export function debriefOf(known: {
  step: LabStep;
  drawn: Drawn;
  openedAt: string;
  check: { id: string; cause: Cause };
  named: Evidence;
  path: LearnerPath;
}): Debrief {
  const { step, drawn, openedAt, check, named, path } = known;
  const since = (at: string) => Math.max(0, Date.parse(at) - Date.parse(openedAt));
  return {
    openedAt,
    causeAfterMs: since(named.at),
    cause: check.cause,
    path: path.lines
      .filter(({ at }) => at <= named.at)
      .map(({ at, ...line }) => ({ atMs: since(at), ...line })),
    omitted: path.omitted,
    shortest: (step.solution(check.id, drawn)?.lines ?? []).map(({ text }) => text),
  };
}
