import type { LabStep } from '@tatami/lab-format/loader';
import type { Language } from '@tatami/protocol';

/**
 * What is tried with a check: nothing, the lesson's commands, its solution, mistakes, cheats; with a quiz,
 * right and wrong answers.
 */
export type ProofKind =
  | 'untouched'
  | 'blocks'
  | 'solution'
  | 'mistake'
  | 'cheat'
  | 'right'
  | 'wrong';

/** A command block played in one language. */
export interface BlockClaim {
  kind: 'block';
  step: string;
  lang: Language;
  block: string;
  /** What was drawn, where something is. */
  fault: string | null;
}

/** Something tried with a check; `name` tells apart what is tried of one kind. */
export interface ProofClaim {
  kind: ProofKind;
  step: string;
  check: string;
  name: string;
}

/** What is to be shown true by a run. */
export type Claim = BlockClaim | ProofClaim;

/** `failure`: why it is not so, for a person; null: it is. */
export type Outcome = Claim & { failure: string | null };

export const isBlock = (outcome: Outcome): outcome is BlockClaim & { failure: string | null } =>
  outcome.kind === 'block';

/** One line that says what was tried. */
export const nameOf = (claim: Claim): string =>
  claim.kind === 'block'
    ? `${claim.step}, ${claim.lang}: block ${claim.block}${claim.fault === null ? '' : ` with ${claim.fault}`}`
    : `${claim.step}, ${claim.check}: ${claim.kind}${claim.name && ` ${claim.name}`}`;

/** FILE:LINE of what a claim is about, below the labs folder; undefined for what several lines say. */
export function placeOf(claim: Claim, places: LabStep['places']): string | undefined {
  if (claim.kind === 'block') return places.blocks.get(claim.block);
  const isAttempt = claim.kind === 'mistake' || claim.kind === 'cheat';
  return isAttempt ? places.attempts.get(claim.name) : places.checks.get(claim.check);
}

const keyOf = (claim: Claim): string => JSON.stringify([claim.kind, nameOf(claim)]);

/** Of what comes after the failure that ended a job. */
export const notReached = 'not reached';

/** The claims of a job that ended early and were not decided by then; `why` is told of the first. */
export function undecided(claims: Claim[], decided: Outcome[], why: string): Outcome[] {
  const left = [...claims];
  for (const outcome of decided) {
    const at = left.findIndex((claim) => keyOf(claim) === keyOf(outcome));
    if (at >= 0) left.splice(at, 1);
  }
  return left.map((claim, index) => ({
    ...claim,
    failure: index === 0 ? why : notReached,
  }));
}
