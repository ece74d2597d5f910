import type { Attempt, StepContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';

interface Props {
  steps: StepContent[];
  current: StepContent;
  passed: Attempt['passed'];
  busy: boolean;
  onOpen: (stepId: string) => void;
}

const passedOf = (step: StepContent, passed: Attempt['passed']) =>
  step.checklist.filter(({ checkId }) => passed.some((one) => one.checkId === checkId)).length;

/** The lesson's steps with how much of each is proven. */
export function StepNav({ steps, current, passed, busy, onOpen }: Props) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('steps')} className="step-nav">
      <ol>
        {steps.map((step, index) => {
          const total = step.checklist.length;
          const count = passedOf(step, passed);
          const planned = step.status === 'planned';
          const standing = planned ? t('planned') : `${count}/${total}`;
          return (
            <li key={step.id}>
              <button
                type="button"
                disabled={planned || busy}
                title={`${step.title} · ${standing}`}
                aria-label={`${t('step', { n: index })}: ${step.title}, ${standing}`}
                aria-current={step.id === current.id ? 'step' : undefined}
                data-complete={total > 0 && count === total}
                data-testid={`step-nav-${step.id}`}
                onClick={() => step.id !== current.id && onOpen(step.id)}
              >
                <span className="step-number">{index}</span>
                {!planned && total > 0 && <small>{standing}</small>}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** To the step before and after, below the text. */
export function StepEnds({ steps, current, busy, onOpen }: Omit<Props, 'passed'>) {
  const { t } = useTranslation();
  const at = steps.findIndex(({ id }) => id === current.id);
  const link = (step: StepContent | undefined, key: string) =>
    step?.status === 'ready' ? (
      <button
        type="button"
        className="quiet"
        disabled={busy}
        data-testid={`step-${key}`}
        onClick={() => onOpen(step.id)}
      >
        {t(`step.${key}`, { title: step.title })}
      </button>
    ) : (
      <span>{step && t('step.later', { title: step.title })}</span>
    );
  return (
    <div className="step-ends">
      {link(steps[at - 1], 'previous')}
      {link(steps[at + 1], 'next')}
    </div>
  );
}
