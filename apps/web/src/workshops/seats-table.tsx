import type { SeatStanding, Workshop } from '@tatami/protocol';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { Asking } from './asking.tsx';
import { Guesses } from './guesses.tsx';
import { shownTime } from './times.ts';
import { usePolled } from './use-polled.ts';
import { workshopsApi } from './workshops-api.ts';

const everyMs = 3000;

/** Who has a seat, who is there, and who asks to be let in again. */
export function SeatsTable({ workshop, runs }: { workshop: Workshop; runs: boolean }) {
  const { t } = useTranslation();
  const { id } = workshop;
  const load = useCallback(() => workshopsApi.seats(id), [id]);
  const { value: seats, error, busy, act } = usePolled(load, everyMs);
  const here = seats?.filter(({ removedAt }) => removedAt === null) ?? [];
  const numbered = workshop.joining !== 'name';
  const joined = here.filter(({ joinedAt }) => joinedAt !== null).length;
  return (
    <section aria-labelledby="seats">
      <h2 id="seats">{t('workshops.people')}</h2>
      <p className="row">
        <span data-testid="seat-count">
          {t('workshops.joinedOf', { joined, seats: workshop.seats })}
        </span>
        {runs && workshop.joining === 'roster' && (
          <a href={`/workshops/${id}/slips`}>{t('workshops.slips')}</a>
        )}
      </p>
      <Asking id={id} />
      {workshop.joining === 'roster' && <Guesses id={id} />}
      <ErrorText error={error} />
      {seats && seats.length > 0 && (
        <div className="seats-scroll">
          <table className="seats">
            <thead>
              <tr>
                <th>{t('workshops.name')}</th>
                {numbered && <th>{t('workshops.number')}</th>}
                <th>{t('workshops.joined')}</th>
                <th>{t('workshops.open')}</th>
                {runs && <th>{t('workshops.act')}</th>}
              </tr>
            </thead>
            <tbody>
              {seats.map((seat) => (
                <Row
                  key={seat.learnerId}
                  {...{ seat, runs, busy, numbered }}
                  opensAt={workshop.opensAt}
                  onRemove={() => act(workshopsApi.removeSeat(id, seat.learnerId))}
                  onRestore={() => act(workshopsApi.restoreSeat(id, seat.learnerId))}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

interface RowProps {
  seat: SeatStanding;
  runs: boolean;
  busy: boolean;
  numbered: boolean;
  opensAt: string;
  onRemove: () => void;
  onRestore: () => void;
}

function Row({ seat, runs, busy, numbered, opensAt, onRemove, onRestore }: RowProps) {
  const { t, i18n } = useTranslation();
  const { name, number, joinedAt, removedAt, browsers, language } = seat;
  const isLate = joinedAt !== null && joinedAt > opensAt;
  return (
    <tr data-removed={removedAt !== null} data-testid="seat-row">
      <td lang={language}>{name}</td>
      {numbered && <td>{number ?? ''}</td>}
      <td>
        {joinedAt === null ? t('workshops.notYet') : shownTime(joinedAt, i18n.language)}
        {isLate && <span className="badge">{t('workshops.late')}</span>}
      </td>
      <td>
        {browsers > 0 && t('workshops.browsers', { n: browsers })}
        {browsers > 1 && <span className="badge">{t('workshops.twiceShort')}</span>}
      </td>
      {runs && (
        <td>
          <button
            type="button"
            className="link"
            disabled={busy}
            aria-label={t(removedAt === null ? 'workshops.removeOf' : 'workshops.restoreOf', {
              name,
            })}
            onClick={removedAt === null ? onRemove : onRestore}
          >
            {t(removedAt === null ? 'workshops.remove' : 'workshops.restore')}
          </button>
        </td>
      )}
    </tr>
  );
}
