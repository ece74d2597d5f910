import type { Likeness } from '@tatami/protocol';

/** A check that a learner passed: when, and by which command as far as evidence names one. */
export interface Proof {
  checkId: string;
  atMs: number;
  command: string | null;
}

/** Pauses that differ by no more are the same. */
const sameWithinMs = 1000;
/** Shorter pauses say nothing: one command passes several checks, and one look finds what two commands did. */
const tellingPauseMs = 3000;
/** Two people who work through the same lesson do not pause alike so often in a row. */
const fewestTelling = 4;

/**
 * Pairs of learners who passed the same checks one after another with the same pauses between them and by the same
 * commands, for so long that chance is unlikely. Shared work looks like that, and so does a command that an instructor
 * had everybody run: whoever sees it must ask.
 */
export function likenesses(work: { learnerId: string; proofs: Proof[] }[]): Likeness[] {
  const inOrder = work.map(({ learnerId, proofs }) => ({
    learnerId,
    proofs: [...proofs].sort((one, two) => one.atMs - two.atMs),
  }));
  return inOrder.flatMap((one, index) =>
    inOrder.slice(index + 1).flatMap((two) => {
      const run = longestRun(one.proofs, two.proofs);
      if (!run) return [];
      return { learners: [one.learnerId, two.learnerId] as [string, string], ...run };
    }),
  );
}

function longestRun(one: Proof[], two: Proof[]): Omit<Likeness, 'learners'> | null {
  const pairs = one.flatMap((a) => {
    const b = two.find(({ checkId }) => checkId === a.checkId);
    return b ? [{ a, b }] : [];
  });
  let best: Run | null = null;
  let run: Run | null = null;
  for (const [index, pair] of pairs.entries()) {
    const before = pairs[index - 1];
    if (pair.a.command !== pair.b.command) {
      run = null;
      continue;
    }
    const next: Run | null = run && before ? longer(run, before, pair) : null;
    run = next ?? begun(pair);
    if (!best || run.telling > best.telling) best = run;
  }
  if (!best || best.telling < fewestTelling) return null;
  const { checks, apartMs, sameCommands } = best;
  return { checks, apartMs, sameCommands };
}

interface Run {
  checks: string[];
  apartMs: number;
  sameCommands: number;
  telling: number;
}
interface Pair {
  a: Proof;
  b: Proof;
}

const begun = ({ a }: Pair): Run => ({
  ...{ checks: [a.checkId], apartMs: 0, telling: 0 },
  sameCommands: a.command === null ? 0 : 1,
});

/** The run with one more check; null when the pauses before it differ. */
function longer(run: Run, before: Pair, { a, b }: Pair): Run | null {
  const pause = a.atMs - before.a.atMs;
  const other = b.atMs - before.b.atMs;
  const apartMs = Math.abs(pause - other);
  if (apartMs > sameWithinMs) return null;
  return {
    checks: [...run.checks, a.checkId],
    apartMs: Math.max(run.apartMs, apartMs),
    sameCommands: run.sameCommands + (a.command === null ? 0 : 1),
    telling: run.telling + (pause >= tellingPauseMs ? 1 : 0),
  };
}
