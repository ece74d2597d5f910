import type { Role, WorkshopMarks } from '@tatami/protocol';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { shownDate } from '../staff/shown-date.ts';
import { StaffOnly } from '../staff/staff-only.tsx';
import { isSignedOut } from '../staff/use-account.ts';
import { ChangeDialog, type Chosen } from './change-dialog.tsx';
import { Exports } from './exports.tsx';
import { GradeAgain } from './grade-again.tsx';
import { Likenesses } from './likenesses.tsx';
import { marksApi } from './marks-api.ts';
import { MarksTable } from './marks-table.tsx';
import { WeightsForm } from './weights-form.tsx';

const least: Role = 'instructor';

/** The marks of a workshop, for its instructors. */
export default function WorkshopMarksPage({ workshop }: { workshop: string }) {
  return <StaffOnly role={least}>{() => <Page workshop={workshop} />}</StaffOnly>;
}

function Page({ workshop }: { workshop: string }) {
  const { t, i18n } = useTranslation();
  const lang = i18n.language;
  const [marks, setMarks] = useState<WorkshopMarks | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const take = useCallback(async (what: Promise<WorkshopMarks>) => {
    try {
      setMarks(await what);
      setError(null);
      return true;
    } catch (cause) {
      if (!isSignedOut(cause)) setError(cause);
      return false;
    }
  }, []);
  const choose = (one: Chosen) => {
    setError(null);
    setChosen(one);
  };
  useEffect(() => {
    document.title = `Tatami · ${t('marks.title')}`;
    void take(marksApi.all(workshop, lang));
  }, [workshop, lang, t, take]);
  if (!marks)
    return <main className="page">{error ? <ErrorText error={error} /> : t('loading')}</main>;
  return (
    <main className="page marks-page">
      <p>
        <a href={`/workshops/${workshop}`}>{t('marks.toWorkshop')}</a>
      </p>
      <h1>{t('marks.title')}</h1>
      <p className="lead">{marks.title}</p>
      {!chosen && <ErrorText error={error} />}
      <Standing marks={marks} />
      <MarksTable marks={marks} workshop={workshop} onChoose={choose} />
      <Likenesses marks={marks} />
      <Exports marks={marks} workshop={workshop} />
      {marks.weighable && (
        <section data-testid="weights">
          <h2>{t('marks.weights')}</h2>
          <p>{t('marks.weightsText')}</p>
          <WeightsForm
            marks={marks}
            action={t('workshops.save')}
            isReady
            onSend={(weights) => take(marksApi.weigh(workshop, lang, weights))}
          />
        </section>
      )}
      <GradeAgain
        key={marks.gradings.length}
        marks={marks}
        onGrade={(reason, weights) => take(marksApi.gradeAgain(workshop, lang, reason, weights))}
      />
      {chosen && (
        <ChangeDialog
          {...chosen}
          {...{ marks, error }}
          onClose={() => setChosen(null)}
          onChange={(change) =>
            take(marksApi.change(workshop, chosen.learner.learnerId, lang, change))
          }
        />
      )}
    </main>
  );
}

/** Whether marks are fixed, since when, and whether they are what was recorded. */
function Standing({ marks }: { marks: WorkshopMarks }) {
  const { t, i18n } = useTranslation();
  const time = shownDate(marks.closesAt, i18n.language);
  return (
    <div data-testid="marks-standing">
      <p>{t(marks.settled ? 'marks.standsSettled' : 'marks.standsOpen', { time })}</p>
      {!marks.intact && (
        <p role="alert" className="banner">
          {t('marks.notIntact')}
        </p>
      )}
      {marks.erased > 0 && <p>{t('marks.erased', { n: marks.erased })}</p>}
      {marks.lessonChanged && <p className="banner">{t('marks.lessonChanged')}</p>}
    </div>
  );
}
