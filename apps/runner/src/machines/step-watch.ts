import { evaluate } from '@tatami/checks';
import type {
  CheckSpec,
  CheckVerdict,
  Evidence,
  KernelView,
  OpenStep,
  StepId,
  Verdict,
} from '@tatami/protocol';

/** Time between two looks; with the look itself and the way to the browser a tick stays below 500 ms. */
export const watchEveryMs = 250;

/** The open step of a machine: its unmet checks are evaluated on every look, all on the same view. */
export class StepWatch {
  readonly stepId: StepId;
  #unmet: CheckSpec[];
  readonly #verdicts = new Map<string, Verdict>();

  constructor(step: OpenStep) {
    this.stepId = step.stepId;
    this.#unmet = step.checks.filter(({ id }) => !step.passed.includes(id));
  }

  get done(): boolean {
    return this.#unmet.length === 0;
  }

  /** Every verdict that stands; passed ones stay. */
  get verdicts(): CheckVerdict[] {
    return [...this.#verdicts].map(([checkId, verdict]) => ({ checkId, verdict }));
  }

  /** Evaluates all unmet checks on one view. @returns the verdicts that changed. */
  look(view: KernelView, offsets: Evidence['offsets']): CheckVerdict[] {
    const changed = this.#unmet.flatMap((check) =>
      this.#note(check.id, verdictOf(check, view, offsets)),
    );
    this.#unmet = this.#unmet.filter(({ id }) => this.#verdicts.get(id)?.status !== 'passed');
    return changed;
  }

  /** We could not look: said of every unmet check, never held against the learner. */
  blind(): CheckVerdict[] {
    const verdict: Verdict = {
      status: 'unavailable',
      reason: { key: 'reason.observer-down', params: {} },
    };
    return this.#unmet.flatMap(({ id }) => this.#note(id, verdict));
  }

  #note(checkId: string, verdict: Verdict): CheckVerdict[] {
    if (JSON.stringify(this.#verdicts.get(checkId)) === JSON.stringify(verdict)) return [];
    this.#verdicts.set(checkId, verdict);
    return [{ checkId, verdict }];
  }
}

function verdictOf(check: CheckSpec, view: KernelView, offsets: Evidence['offsets']): Verdict {
  const outcome = evaluate(check, view);
  if (outcome.status !== 'passed') return outcome;
  return {
    status: 'passed',
    evidence: { at: new Date(view.at).toISOString(), facts: outcome.facts, offsets },
  };
}
