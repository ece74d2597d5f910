import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { usePolled } from './use-polled.ts';
import { workshopsApi } from './workshops-api.ts';

const everyMs = 3000;

/** Those who ask to go on in a seat without its personal code; whoever decides should see them. */
export function Asking({ id }: { id: string }) {
  const { t } = useTranslation();
  const load = useCallback(() => workshopsApi.rejoins(id), [id]);
  const { value: asking, error, busy, act } = usePolled(load, everyMs);
  return (
    <div aria-live="polite">
      <ErrorText error={error} />
      {asking?.map(({ id: rejoin, seat }) => (
        <div key={rejoin} className="banner" data-testid="asking">
          <p>
            {t('workshops.asks', {
              name: seat.number === null ? seat.name : `${seat.name} (${seat.number})`,
            })}{' '}
            {seat.browsers > 0 ? t('workshops.asksInUse') : t('workshops.asksFree')}
          </p>
          <p className="row">
            <button
              type="button"
              disabled={busy}
              onClick={() => act(workshopsApi.decide(id, rejoin, true))}
            >
              {t('workshops.letIn')}
            </button>
            <button
              type="button"
              className="quiet"
              disabled={busy}
              onClick={() => act(workshopsApi.decide(id, rejoin, false))}
            >
              {t('workshops.refuse')}
            </button>
          </p>
        </div>
      ))}
    </div>
  );
}
