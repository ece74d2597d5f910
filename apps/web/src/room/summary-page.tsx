import type { LabContent, RoomSummary, Workshop } from '@tatami/protocol';
import type { TFunction } from 'i18next';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import '../styles/summary.css';
import { ErrorText } from '../error-text.tsx';
import { shownDate } from '../staff/shown-date.ts';
import { StaffOnly } from '../staff/staff-only.tsx';
import { isSignedOut } from '../staff/use-account.ts';
import { workshopsApi } from '../workshops/workshops-api.ts';
import { roomApi } from './room-api.ts';
import { onePage } from './summary-model.ts';
import { useLesson } from './use-board.ts';
import { checkText, lasting, plainReason } from './words.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;

interface Loaded {
  workshop: Workshop;
  summary: RoomSummary;
  here: number;
}

/** What a workshop's room got wrong, by reason, on one page to print. */
export default function SummaryPage({ workshop }: { workshop: string }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t('room.summary')} · Tatami`;
  }, [t]);
  return (
    <StaffOnly>
      {() => (
        <main className="page summary-page">
          <Summary id={workshop} />
        </main>
      )}
    </StaffOnly>
  );
}

function Summary({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const { loaded, error } = useSummary(id);
  const { content, error: lessonError } = useLesson(loaded?.workshop.labId);
  if (!loaded || !content) {
    const failed = error ?? lessonError;
    return failed ? <ErrorText error={failed} /> : <p role="status">{t('loading')}</p>;
  }
  const { workshop, summary, here } = loaded;
  const { lostMs } = onePage(summary);
  const until = workshop.endedAt ?? workshop.closesAt;
  return (
    <>
      <h1>{t('room.summary')}</h1>
      <p>
        <strong>{workshop.title}</strong> · <span lang={content.lang}>{content.title}</span>
        <br />
        {shownDate(workshop.openedAt ?? workshop.opensAt, i18n.language)} –{' '}
        {shownDate(until, i18n.language)}
      </p>
      <p>{t('summary.intro')}</p>
      <p className="summary-figures">
        <span>{t('summary.here', { n: here })}</span>
        <span>{t('summary.total', { time: longTime(t, lostMs) })}</span>
      </p>
      {summary.length === 0 ? (
        <p>{t('summary.none')}</p>
      ) : (
        <div className="summary-scroll">
          <SummaryTable summary={summary} content={content} />
        </div>
      )}
      <p className="row summary-acts">
        <button type="button" onClick={() => print()}>
          {t('workshops.print')}
        </button>
        <a href={`/workshops/${id}`}>{workshop.title}</a>
      </p>
    </>
  );
}

function SummaryTable({ summary, content }: { summary: RoomSummary; content: LabContent }) {
  const { t, i18n } = useTranslation();
  const { rows, more } = onePage(summary);
  return (
    <table data-testid="summary">
      <thead>
        <tr>
          <th scope="col">{t('summary.why')}</th>
          <th scope="col">{t('summary.where')}</th>
          <th scope="col">{t('summary.learners')}</th>
          <th scope="col">{t('summary.lost')}</th>
          <th scope="col">{t('summary.each')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ checkId, reason, learners, lostMs }) => {
          const explanation = `explain.${reason}`;
          return (
            <tr key={`${checkId} ${reason}`}>
              <td>
                {plainReason(t, { key: reason, params: {} })}
                {i18n.exists(explanation) && (
                  <small>{t('summary.next', { text: t(explanation) })}</small>
                )}
              </td>
              <td lang={content.lang}>{checkText(content, checkId)}</td>
              <td>{learners}</td>
              <td>{longTime(t, lostMs)}</td>
              <td>{longTime(t, lostMs / learners)}</td>
            </tr>
          );
        })}
      </tbody>
      {more && (
        <tfoot>
          <tr>
            <td colSpan={5}>
              {t('summary.more', { n: more.count, time: longTime(t, more.lostMs) })}
            </td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}

function useSummary(id: string) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    Promise.all([workshopsApi.workshop(id), roomApi.summary(id), workshopsApi.seats(id)]).then(
      ([workshop, summary, seats]) => {
        const here = seats.filter(({ joinedAt }) => joinedAt !== null).length;
        setLoaded({ workshop, summary, here });
      },
      (cause: unknown) => !isSignedOut(cause) && setError(cause),
    );
  }, [id]);
  return { loaded, error };
}

/** Hours too, for many learners lose many minutes. */
function longTime(t: TFunction, ms: number): string {
  if (ms < hourMs) return lasting(t, ms);
  const minutes = Math.floor((ms % hourMs) / minuteMs);
  return t('summary.hours', { hours: Math.floor(ms / hourMs), minutes });
}
