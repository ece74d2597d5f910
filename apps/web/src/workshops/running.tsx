import type { Workshop } from '@tatami/protocol';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { askUntil } from '../ask-until.ts';
import { ErrorText } from '../error-text.tsx';
import { useSending } from '../lab/use-sending.ts';
import { shownDate } from '../staff/shown-date.ts';
import { shownSpan } from './times.ts';
import { useNow } from './use-now.ts';
import { workshopsApi } from './workshops-api.ts';

const minuteMs = 60_000;
const whileDue = { firstDelayMs: 2_000, lastDelayMs: 2_000 };

interface Props {
  workshop: Workshop;
  onChange: (workshop: Workshop) => void;
  /** Whether who looks may open and end it. */
  runs: boolean;
}

/** How a workshop stands, and what can be done about that. */
export function Running({ workshop, onChange, runs }: Props) {
  const { t, i18n } = useTranslation();
  const { id, state, opensAt, closesAt, openedAt, endedAt } = workshop;
  const now = useNow();
  const { sending, error, send } = useSending(false);
  const act = (what: () => Promise<Workshop>) => void send(() => what().then(onChange));
  const closeAfter = (from: number, minutes: number) =>
    act(() => workshopsApi.closeAt(id, new Date(from + minutes * minuteMs).toISOString()));
  const next = state === 'draft' ? opensAt : state === 'open' ? closesAt : null;
  // The server's clock decides when it opens and ends by itself; from when that should have come it is asked.
  const isDue = next !== null && now > Date.parse(next);
  const changed = useRef(onChange);
  changed.current = onChange;
  useEffect(() => {
    if (!isDue) return;
    const take = (answer: Workshop) => {
      changed.current(answer);
      // An answer that changes what is due ends it.
      return false;
    };
    return askUntil(() => workshopsApi.workshop(id), take, whileDue);
  }, [isDue, id]);
  return (
    <div className="running">
      <p className="row">
        <span className="badge" data-state={state} data-testid="workshop-state">
          {t(`workshops.state.${state}`)}
        </span>
        <span>
          {t('workshops.window', {
            from: shownDate(openedAt ?? opensAt, i18n.language),
            to: shownDate(endedAt ?? closesAt, i18n.language),
          })}
        </span>
        {next !== null && (
          <span>{t(`workshops.left.${state}`, { span: shownSpan(Date.parse(next) - now) })}</span>
        )}
      </p>
      {runs && (
        <p className="row">
          {state === 'draft' && (
            <button
              type="button"
              disabled={sending}
              onClick={() => act(() => workshopsApi.open(id))}
            >
              {t('workshops.openNow')}
            </button>
          )}
          {state !== 'ended' &&
            [15, 30].map((minutes) => (
              <button
                key={minutes}
                type="button"
                className="quiet"
                disabled={sending}
                onClick={() => closeAfter(Date.parse(closesAt), minutes)}
              >
                {t('workshops.extend', { n: minutes })}
              </button>
            ))}
          {state === 'open' && (
            <EndButton disabled={sending} onEnd={() => act(() => workshopsApi.end(id))} />
          )}
          {state === 'ended' && (
            <button type="button" disabled={sending} onClick={() => closeAfter(now, 30)}>
              {t('workshops.reopen', { n: 30 })}
            </button>
          )}
        </p>
      )}
      <ErrorText error={error} />
    </div>
  );
}

function EndButton({ disabled, onEnd }: { disabled: boolean; onEnd: () => void }) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        className="quiet"
        disabled={disabled}
        onClick={() => dialog.current?.showModal()}
      >
        {t('workshops.end')}
      </button>
      <dialog ref={dialog} aria-labelledby="end-title">
        <h2 id="end-title">{t('workshops.endTitle')}</h2>
        <p>{t('workshops.endText')}</p>
        <form method="dialog" className="row">
          <button type="submit" onClick={onEnd}>
            {t('workshops.end')}
          </button>
          <button type="submit" className="quiet">
            {t('workshops.cancel')}
          </button>
        </form>
      </dialog>
    </>
  );
}
