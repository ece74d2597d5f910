import type { Attempt, Language, StepContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { FuriganaSwitch } from '../content/japanese.tsx';
import { hasReadings } from '../content/lesson.ts';
import { StepMark } from './step-mark.tsx';
import { labelOf, stateOf } from './step-nav.tsx';

interface Props {
  steps: StepContent[];
  step: StepContent;
  /** Of the step's texts. */
  lang: Language;
  attempt: Attempt;
}

/** Above a step's text: which it is, how it stands, how long it takes; and the readings' switch. */
export function LessonHead({ steps, step, lang, attempt }: Props) {
  const { t } = useTranslation();
  const state = stateOf(attempt, step.id);
  return (
    <>
      <div className="lesson-head">
        <small>
          {t('step', { n: labelOf(step, steps) })}
          {' · '}
          <StepMark state={state} /> <span data-testid="step-state">{t(`step.${state}`)}</span>
          {' · '}
          {t('minutes', { n: step.minutes })}
        </small>
        {hasReadings(step.content) && <FuriganaSwitch />}
      </div>
      <h1 lang={lang}>{step.title}</h1>
    </>
  );
}
