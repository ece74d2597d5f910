import { useTranslation } from 'react-i18next';
import { useSeat } from './seat-store.ts';
import { shownTime } from './times.ts';

/** In a workshop: whose seat it is, until when, and whether it is open elsewhere. Not where staff work, nor on projectors. */
export function SeatBar({ path }: { path: string }) {
  const { t, i18n } = useTranslation();
  const { seat, browsers } = useSeat();
  if (!seat || !/^\/(labs\/[^/]+\/?)?$/.test(path)) return null;
  const { title, name, number, state, endsAt, removed } = seat;
  return (
    <div className="seat-bar" data-testid="seat-bar">
      <a href="/seat">{title}</a>
      <span className="seat-who">{number === null ? name : `${name} (${number})`}</span>
      <span>
        {removed
          ? t('error.workshop.removed')
          : t(`workshops.until.${state}`, { time: shownTime(endsAt, i18n.language) })}
      </span>
      {browsers > 1 && (
        <span role="status" className="seat-twice" data-testid="seat-twice">
          {t('workshops.twice')}
        </span>
      )}
    </div>
  );
}
