import { evaluate } from '@tatami/checks';
import type {
  Answer,
  CheckSpec,
  CheckVerdict,
  Evidence,
  KernelView,
  OpenStep,
  StepId,
  Verdict,
} from '@tatami/protocol';

/** The open step of a machine: its unmet checks are evaluated on every look, all on the same view. */
export class StepWatch {
  readonly stepId: StepId;
  /** What the learner typed, by check. */
  readonly answers: Map<string, Answer>;
  /** It will be looked back on. */
  readonly drill: boolean;
  readonly checks: readonly CheckSpec[];
  /** Once its start state was made, ms since the epoch. */
  readonly openedAt = Date.now();
  #unmet: CheckSpec[];
  readonly #verdicts = new Map<string, Verdict>();
  #lookedAt: number | null = null;

  constructor(step: OpenStep) {
    this.stepId = step.stepId;
    this.answers = new Map(Object.entries(step.answers));
    this.drill = step.drill;
    this.checks = step.checks;
    this.#unmet = step.checks.filter(({ id }) => !step.passed.includes(id));
  }

  get done(): boolean {
    return this.#unmet.length === 0;
  }

  get unmet(): readonly CheckSpec[] {
    return this.#unmet;
  }

  /** When the look began that its verdicts stand on, ms since the epoch; null before the first. */
  get lookedAt(): number | null {
    return this.#lookedAt;
  }

  /** Every verdict that stands; passed ones stay. */
  get verdicts(): CheckVerdict[] {
    return [...this.#verdicts].map(([checkId, verdict]) => ({ checkId, verdict }));
  }

  /** @returns false when the step has no such check, or nothing is typed for it. */
  answer(checkId: string, answer: Answer): boolean {
    if (!this.checks.some(({ id, answer: wanted }) => id === checkId && wanted)) return false;
    this.answers.set(checkId, answer);
    return true;
  }

  /** Evaluates all unmet checks on one view, whose taking began at `beganAt`. @returns the verdicts that changed. */
  look(view: KernelView, offsets: Evidence['offsets'], beganAt: number): CheckVerdict[] {
    this.#lookedAt = beganAt;
    const changed = this.#unmet.flatMap((check) =>
      this.#note(check.id, verdictOf(check, view, offsets)),
    );
    this.#unmet = this.#unmet.filter(({ id }) => this.#verdicts.get(id)?.status !== 'passed');
    return changed;
  }

  /** A look that began at `beganAt` would have shown what the last one did. */
  stands(beganAt: number): void {
    if (this.#lookedAt !== null) this.#lookedAt = beganAt;
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
