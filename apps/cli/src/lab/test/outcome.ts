import type { Language } from '@tatami/protocol';

/** What is tried with a check, once each: nothing, the lesson's commands, its solution, mistakes, cheats. */
export const proofKinds = ['untouched', 'blocks', 'solution', 'mistake', 'cheat'] as const;
export type ProofKind = (typeof proofKinds)[number];

/** A command block played in one language. */
export interface BlockClaim {
  kind: 'block';
  step: string;
  lang: Language;
  block: string;
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
    ? `${claim.step}, ${claim.lang}: block ${claim.block}`
    : `${claim.step}, ${claim.check}: ${claim.kind}${claim.name && ` ${claim.name}`}`;

const keyOf = (claim: Claim): string => JSON.stringify([claim.kind, nameOf(claim)]);

/** The claims of a job that ended early and were not decided by then; `why` is told of the first. */
export function undecided(claims: Claim[], decided: Outcome[], why: string): Outcome[] {
  const left = [...claims];
  for (const outcome of decided) {
    const at = left.findIndex((claim) => keyOf(claim) === keyOf(outcome));
    if (at >= 0) left.splice(at, 1);
  }
  return left.map((claim, index) => ({
    ...claim,
    failure: index === 0 ? why : 'not reached, see above',
  }));
}
