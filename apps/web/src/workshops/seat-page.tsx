import type { OwnSeat } from '@tatami/protocol';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { CopyButton } from '../copy-button.tsx';
import { ErrorText } from '../error-text.tsx';
import { go } from '../navigation.ts';
import { shownDate } from '../staff/shown-date.ts';
import { keptOwnCode, useSeat } from './seat-store.ts';
import { shownSpan } from './times.ts';
import { useNow } from './use-now.ts';

/** A learner's seat: the waiting room, then the way to the lesson, then what is left of it. */
export default function SeatPage() {
  const { t } = useTranslation();
  const { seat, code, browsers } = useSeat();
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    document.title = `${t('workshops.seat')} · Tatami`;
  }, [t]);
  useEffect(() => {
    api.session().catch(setError);
  }, []);
  const waited = useRef(false);
  const state = seat?.state;
  useEffect(() => {
    if (state === 'draft') waited.current = true;
    // Whoever waited is let in; whoever came back to this page stays on it.
    if (state === 'open' && waited.current && seat) go(`/labs/${seat.labId}`);
  }, [state, seat]);
  return (
    <main className="page workshop-narrow">
      <ErrorText error={error} />
      {seat === null && (
        <>
          <h1>{t('workshops.noSeat')}</h1>
          <p>
            <a href="/join">{t('workshops.joinTitle')}</a>
          </p>
        </>
      )}
      {seat && (
        <>
          <h1>{seat.title}</h1>
          <p className="lead">
            {seat.number === null ? seat.name : `${seat.name} (${seat.number})`}
          </p>
          {browsers > 1 && (
            <p role="status" className="banner" data-testid="seat-twice">
              {t('workshops.twice')}
            </p>
          )}
          {seat.removed ? (
            <p role="alert" className="banner">
              {t('error.workshop.removed')}
            </p>
          ) : (
            <Standing seat={seat} />
          )}
          <p>
            <a href={`/labs/${seat.labId}/marks`}>{t('marks.link')}</a>
          </p>
          {code && <PersonalCode code={code} />}
          <p>
            <a href="/privacy">{t('privacy.link')}</a>
          </p>
        </>
      )}
    </main>
  );
}

function Standing({ seat: { state, opensAt, endsAt, labId } }: { seat: OwnSeat }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  if (state === 'draft')
    return (
      <section className="waiting" data-testid="waiting-room">
        <h2>{t('workshops.waiting')}</h2>
        <p className="waiting-clock" aria-hidden="true">
          {shownSpan(Date.parse(opensAt) - now)}
        </p>
        <p>{t('workshops.waitingText', { date: shownDate(opensAt, i18n.language) })}</p>
        <p>
          <a href="/check">{t('workshops.toCheck')}</a>
        </p>
      </section>
    );
  return (
    <section>
      <p>{t(`workshops.untilText.${state}`, { date: shownDate(endsAt, i18n.language) })}</p>
      <p>
        <a className="button" href={`/labs/${labId}`} data-testid="to-lesson">
          {t(state === 'open' ? 'workshops.toLesson' : 'workshops.toLessonEnded')}
        </a>
      </p>
    </section>
  );
}

function PersonalCode({ code }: { code: string }) {
  const { t } = useTranslation();
  const own = keptOwnCode();
  return (
    <section className="personal-code">
      <h2>{t('workshops.personalCode')}</h2>
      <p>{t('workshops.personalCodeText')}</p>
      <p className="row">
        <code data-testid="personal-code">{code}</code>
        <CopyButton text={code} />
      </p>
      {own && own !== code && <p className="staff-note">{t('workshops.ownCode', { code: own })}</p>}
    </section>
  );
}
