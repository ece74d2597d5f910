import type { Weights, WorkshopMarks } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shownDate } from '../staff/shown-date.ts';
import { WeightsForm } from './weights-form.tsx';

interface Props {
  marks: WorkshopMarks;
  /** @returns whether it was done. */
  onGrade: (reason: string, weights: Weights) => Promise<boolean>;
}

/** The gradings so far, and another one: with the lesson as it is now, and other weights if need be. */
export function GradeAgain({ marks, onGrade }: Props) {
  const { t, i18n } = useTranslation();
  const [reason, setReason] = useState('');
  if (marks.gradings.length === 0) return null;
  return (
    <section data-testid="gradings">
      <h2>{t('marks.gradings')}</h2>
      <ol>
        {marks.gradings.map(({ version, madeAt, by, reason: why }) => (
          <li key={version}>
            {shownDate(madeAt, i18n.language)} <small>{by ?? t('marks.byServer')}</small>
            {why && <br />}
            {why}
          </li>
        ))}
      </ol>
      {marks.settled && (
        <details>
          <summary>{t('marks.gradeAgain')}</summary>
          <p>{t('marks.gradeAgainText')}</p>
          <WeightsForm
            marks={marks}
            action={t('marks.gradeAgain')}
            isReady={reason.trim().length >= 3}
            onSend={(weights) => onGrade(reason, weights)}
          >
            <label className="marks-why">
              {t('marks.why')}
              <textarea
                required
                minLength={3}
                maxLength={500}
                rows={2}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            </label>
          </WeightsForm>
        </details>
      )}
    </section>
  );
}
