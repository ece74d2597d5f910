import type { Language } from '@tatami/protocol';
import type { Done } from './job.ts';
import { isBlock, type Outcome, type ProofKind } from './outcome.ts';

/** So many of so many are as they must be. */
export interface Share {
  good: number;
  of: number;
}

/** What a run showed of one step. */
export interface StepSummary {
  step: string;
  blocks: Map<Language, Share>;
  /** Checks of which everything that was tried is as it must be. */
  checks: Share;
  mistakes: Share;
  cheats: Share;
  /** Of its machines, several at once. */
  seconds: number;
  failures: Outcome[];
}

/** Sums up what the jobs of a run showed, by step; `checks` are all that the step has. */
export function summarise(
  steps: { step: string; languages: Language[]; checks: string[] }[],
  done: Done[],
): StepSummary[] {
  return steps.map(({ step, languages, checks }) => {
    const own = done.filter((one) => one.step === step);
    const outcomes = own.flatMap((one) => one.outcomes);
    const blocks = outcomes.filter(isBlock);
    return {
      step,
      blocks: new Map(
        languages.map((lang) => [lang, share(blocks.filter((b) => b.lang === lang))]),
      ),
      checks: {
        good: checks.filter((check) => isProven(check, outcomes)).length,
        of: checks.length,
      },
      mistakes: share(outcomes.filter(({ kind }) => kind === 'mistake')),
      cheats: share(outcomes.filter(({ kind }) => kind === 'cheat')),
      seconds: own.reduce((sum, { ms }) => sum + ms, 0) / 1000,
      failures: outcomes.filter(({ failure }) => failure !== null),
    };
  });
}

/** The same of all steps; languages are those of any. */
export const total = (summaries: StepSummary[], pick: (one: StepSummary) => Share): Share =>
  summaries.map(pick).reduce((a, b) => ({ good: a.good + b.good, of: a.of + b.of }), {
    good: 0,
    of: 0,
  });

/** A check is proven when nothing but its own solution passed it. */
const needed: ProofKind[] = ['untouched', 'solution'];

function isProven(check: string, outcomes: Outcome[]): boolean {
  const own = outcomes.filter((outcome) => !isBlock(outcome) && outcome.check === check);
  return (
    needed.every((kind) => own.some((proof) => proof.kind === kind)) &&
    own.every(({ failure }) => failure === null)
  );
}

const share = (outcomes: Outcome[]): Share => ({
  good: outcomes.filter(({ failure }) => failure === null).length,
  of: outcomes.length,
});
