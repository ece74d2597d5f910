import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { usePolled } from './use-polled.ts';
import { workshopsApi } from './workshops-api.ts';

const everyMs = 5000;

/** Seats for which somebody types wrong PINs, and whose learners may need to be let in. */
export function Guesses({ id }: { id: string }) {
  const { t } = useTranslation();
  const load = useCallback(() => workshopsApi.guesses(id), [id]);
  // What cannot be asked now is said by whoever shows the rest of the page.
  const { value: guesses } = usePolled(load, everyMs);
  if (!guesses || guesses.length === 0) return null;
  const names = (locked: boolean) =>
    guesses
      .filter((one) => one.locked === locked)
      .map(({ name, number, wrong }) => t('workshops.guessedSeat', { name, number, n: wrong }))
      .join(t('workshops.and'));
  return (
    <div role="alert" className="banner" data-testid="guesses">
      <p>{t('workshops.guessed')}</p>
      {[true, false]
        .filter((locked) => names(locked) !== '')
        .map((locked) => (
          <p key={String(locked)}>
            {t(locked ? 'workshops.guessedLocked' : 'workshops.guessedOpen')}{' '}
            <bdi>{names(locked)}</bdi>
          </p>
        ))}
    </div>
  );
}
