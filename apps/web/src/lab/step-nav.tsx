import type { Attempt, StepContent, StepState } from '@tatami/protocol';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { StepMark } from './step-mark.tsx';

interface Props {
  steps: StepContent[];
  current: StepContent;
  attempt: Attempt;
  busy: boolean;
  /** Steps that the staff of a workshop keep shut. */
  locked?: string[];
  onOpen: (stepId: string) => void;
}

const passedOf = (step: StepContent, { passed }: Attempt) =>
  step.checklist.filter(({ checkId }) => passed.some((one) => one.checkId === checkId)).length;

/** The number that its folder and its title have, with a plus for each step before it that has the same. */
export function labelOf(step: StepContent, steps: StepContent[]): string {
  const numbers = steps.map(({ id }, index) => Number(/^\d+/.exec(id)?.[0] ?? index));
  const at = steps.indexOf(step);
  const same = numbers.slice(0, at).filter((number) => number === numbers[at]);
  return `${numbers[at]}${'+'.repeat(same.length)}`;
}

/** How a step stands; one that nothing is known of is untouched. */
export const stateOf = ({ steps }: Attempt, stepId: string): StepState =>
  steps.find((one) => one.stepId === stepId)?.state ?? 'untouched';

/** The lesson's steps, how each stands and how much of it is proven. */
export function StepNav({
  steps,
  current,
  attempt,
  busy,
  locked = [],
  onOpen,
  children,
}: Props & { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('steps')} className="step-nav">
      <ol>
        {steps.map((step) => {
          const label = labelOf(step, steps);
          const total = step.checklist.length;
          const count = `${passedOf(step, attempt)}/${total}`;
          const planned = step.status === 'planned';
          const state = stateOf(attempt, step.id);
          const shut = locked.includes(step.id) && step.id !== current.id;
          const standing = planned
            ? t('planned')
            : [
                ...(shut ? [t('room.lockedStep')] : []),
                t(`step.${state}`),
                ...(total > 0 ? [count] : []),
              ].join(' ');
          return (
            <li key={step.id}>
              <button
                type="button"
                disabled={planned || busy || shut}
                title={`${step.title} · ${standing}`}
                aria-label={`${t('step', { n: label })}: ${step.title}, ${standing}`}
                aria-current={step.id === current.id ? 'step' : undefined}
                data-state={state}
                data-testid={`step-nav-${step.id}`}
                onClick={() => step.id !== current.id && onOpen(step.id)}
              >
                {!planned && <StepMark state={state} />}
                <span className="step-number">{label}</span>
                {!planned && total > 0 && <small>{count}</small>}
              </button>
            </li>
          );
        })}
      </ol>
      {children}
    </nav>
  );
}

/** To the step before and after, below the text; with unmet checks the next one skips this one. */
export function StepEnds({ steps, current, attempt, busy, locked = [], onOpen }: Props) {
  const { t } = useTranslation();
  const at = steps.findIndex(({ id }) => id === current.id);
  const unmet = current.checklist.length - passedOf(current, attempt);
  const link = (step: StepContent | undefined, key: string) =>
    step?.status === 'ready' ? (
      <button
        type="button"
        className="quiet"
        disabled={busy || locked.includes(step.id)}
        title={locked.includes(step.id) ? t('room.lockedStep') : undefined}
        data-testid={`step-${key}`}
        onClick={() => onOpen(step.id)}
      >
        {t(`step.${key}`, { title: step.title })}
      </button>
    ) : (
      <span>{step && t('step.later', { title: step.title })}</span>
    );
  const next = steps[at + 1];
  const skips = unmet > 0 && next?.status === 'ready';
  return (
    <div className="step-ends">
      {link(steps[at - 1], 'previous')}
      {link(next, skips ? 'skip' : 'next')}
      {skips && <small>{t('step.unmet', { n: unmet })}</small>}
    </div>
  );
}
