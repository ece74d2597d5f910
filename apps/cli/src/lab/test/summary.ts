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

/** A step's checks by who decides: the kernel, or the answers to questions. */
export interface CheckIds {
  judged: string[];
  asked: string[];
}

/** Sums up what the jobs of a run showed, by step. */
export function summarise(
  steps: { step: string; languages: Language[]; checks: CheckIds }[],
  done: Done[],
): StepSummary[] {
  return steps.map(({ step, languages, checks }) => {
    const own = done.filter((one) => one.step === step);
    const outcomes = own.flatMap((one) => one.outcomes);
    const blocks = outcomes.filter(isBlock);
    const proven = [
      ...checks.judged.filter((check) => isProven(check, ['untouched', 'solution'], outcomes)),
      ...checks.asked.filter((check) => isProven(check, ['untouched', 'right', 'wrong'], outcomes)),
    ];
    return {
      step,
      blocks: new Map(
        languages.map((lang) => [lang, share(blocks.filter((b) => b.lang === lang))]),
      ),
      checks: { good: proven.length, of: checks.judged.length + checks.asked.length },
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

/** Whether all that was tried with a check, of these kinds at least, is as it must be. */
function isProven(check: string, kinds: ProofKind[], outcomes: Outcome[]): boolean {
  const own = outcomes.filter((outcome) => !isBlock(outcome) && outcome.check === check);
  return (
    kinds.every((kind) => own.some((proof) => proof.kind === kind)) &&
    own.every(({ failure }) => failure === null)
  );
}

const share = (outcomes: Outcome[]): Share => ({
  good: outcomes.filter(({ failure }) => failure === null).length,
  of: outcomes.length,
});
