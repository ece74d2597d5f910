import type { LabStep } from '@tatami/lab-format/loader';
import type { Language } from '@tatami/protocol';
import type { Done } from './job.ts';
import { isBlock, nameOf, type Outcome, type ProofKind, placeOf } from './outcome.ts';

/** So many of so many are as they must be. */
export interface Share {
  good: number;
  of: number;
}

/** What is not as it must be. */
export interface Failed {
  /** FILE:LINE, below the labs folder. */
  place: string | undefined;
  what: string;
  why: string;
}

/** What a run showed of one step. */
export interface StepSummary {
  step: string;
  blocks: Map<Language, Share>;
  /** Checks of which everything that was tried is as it must be. */
  checks: Share;
  mistakes: Share;
  cheats: Share;
  /** Everything that was tried. */
  tried: Share;
  /** Of its machines, several at once. */
  seconds: number;
  failures: Failed[];
}

/** A step's checks by who decides: the kernel, or the answers to questions. */
export interface CheckIds {
  judged: string[];
  asked: string[];
}

/** A step as its files say it. */
export interface SummedStep {
  step: string;
  languages: Language[];
  checks: CheckIds;
  places: LabStep['places'];
}

/** Sums up what the jobs of a run showed, by step. */
export function summarise(steps: SummedStep[], done: Done[]): StepSummary[] {
  return steps.map(({ step, languages, checks, places }) => {
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
      tried: share(outcomes),
      seconds: own.reduce((sum, { ms }) => sum + ms, 0) / 1000,
      failures: outcomes.flatMap((one) =>
        one.failure === null
          ? []
          : { place: placeOf(one, places), what: nameOf(one), why: one.failure },
      ),
    };
  });
}

export const total = (shares: Share[]): Share =>
  shares.reduce((a, b) => ({ good: a.good + b.good, of: a.of + b.of }), { good: 0, of: 0 });

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
