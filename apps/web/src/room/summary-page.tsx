import type { RoomSummary } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import '../styles/room.css';
import { ErrorText } from '../error-text.tsx';
import { StaffOnly } from '../staff/staff-only.tsx';
import { isSignedOut } from '../staff/use-account.ts';
import { roomApi } from './room-api.ts';
import { useBoard } from './use-board.ts';
import { checkText, plainReason } from './words.ts';

/** What a room got wrong and what it cost, on one page to print and to teach from. */
export default function SummaryPage({ workshop }: { workshop: string }) {
  return <StaffOnly>{() => <Summary workshop={workshop} />}</StaffOnly>;
}

/** What does not fit a page is not what a room got wrong. */
const mostRows = 25;

function Summary({ workshop }: { workshop: string }) {
  const { t } = useTranslation();
  const { board, content } = useBoard(workshop, false);
  const [rows, setRows] = useState<RoomSummary | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    roomApi
      .summary(workshop)
      .then(setRows, (cause: unknown) => !isSignedOut(cause) && setError(cause));
  }, [workshop]);
  const ready = board && content && rows;
  return (
    <main className="page">
      <h1>{t('room.summary')}</h1>
      {board && <p className="lead">{board.workshop.title}</p>}
      <ErrorText error={error} />
      {!ready && !error && <p role="status">{t('loading')}</p>}
      {ready && rows.length === 0 && <p>{t('room.summaryEmpty')}</p>}
      {ready && rows.length > 0 && (
        <>
          <p>{t('room.summaryText')}</p>
          <div className="board-scroll">
            <table className="plan" data-testid="summary">
              <thead>
                <tr>
                  <th scope="col">{t('room.lost')}</th>
                  <th scope="col">{t('room.learners')}</th>
                  <th scope="col">{t('room.stuckOn')}</th>
                  <th scope="col">{t('room.item')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.slice(0, mostRows).map(({ checkId, reason, learners, lostMs }) => (
                  <tr key={`${checkId} ${reason}`}>
                    <td>{(lostMs / 60_000).toFixed(1)}</td>
                    <td>{learners}</td>
                    <td>{plainReason(t, { key: reason, params: {} })}</td>
                    <td lang={content.lang}>{checkText(content, checkId)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </main>
  );
}
