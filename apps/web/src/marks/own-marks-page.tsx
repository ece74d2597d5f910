import type { OwnMarks } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { GradingNotice } from './grading-notice.tsx';
import { marksApi } from './marks-api.ts';
import { Points } from './points.tsx';

/** How a lesson is graded for a learner, and how they stand. */
export default function OwnMarksPage({ lab }: { lab: string }) {
  const { t, i18n } = useTranslation();
  const [marks, setMarks] = useState<OwnMarks | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    document.title = `Tatami · ${t('marks.own')}`;
    api
      .session()
      .then(() => marksApi.own(lab, i18n.language))
      .then(setMarks)
      .catch(setError);
  }, [lab, i18n.language, t]);
  return (
    <main className="page">
      <p>
        <a href={`/labs/${lab}`}>{t('marks.toLesson')}</a>
      </p>
      <h1>{t('marks.own')}</h1>
      <ErrorText error={error} />
      {marks && (
        <>
          <p className="lead">{marks.workshop ? marks.workshop.title : t('marks.noWorkshop')}</p>
          <p className="marks-sum" data-testid="own-marks">
            <Points earned={marks.mark.earned} possible={marks.mark.possible} />{' '}
            <span className="badge" data-passed={marks.mark.passed}>
              {t(marks.mark.passed ? 'marks.passed' : 'marks.notPassed')}
            </span>{' '}
            <small>{t(marks.settled ? 'marks.settled' : 'marks.open')}</small>
          </p>
          <GradingNotice {...marks} closesAt={marks.workshop?.closesAt ?? null} />
        </>
      )}
    </main>
  );
}
